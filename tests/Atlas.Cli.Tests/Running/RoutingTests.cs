using System.Net;
using System.Text.RegularExpressions;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>examples/routing.yaml as it stands, but for its ports, before test servers.</summary>
public sealed partial class RoutingTests
{
    [Fact]
    public async Task Example_EachRule_DoesWhatItSays()
    {
        string text = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "examples", "routing.yaml"));
        string[] pools = [.. PoolLine().Matches(text).Select(match => match.Groups["pool"].Value)];
        pools.ShouldBe(["partners", "api", "static", "beta", "web"]);
        RunningProgram[] servers = [.. pools.Select(pool => RunningProgram.Atlas("server", "--bind", "127.0.0.1:0", "--name", pool))];
        try
        {
            for (int i = 0; i < pools.Length; i++)
            {
                string address = (await servers[i].ErrorAsync("server on http://")).Trim();
                text = text.Replace($"127.0.0.1:{9100 + i}] }}", $"\"{address}\"] }}", StringComparison.Ordinal);
            }

            using var config = new ConfigFile(
                text.Replace("bind: 127.0.0.1:8080", "bind: 127.0.0.1:0", StringComparison.Ordinal) + "admin: { bind: none }\n");
            await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
            using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
            {
                BaseAddress = new Uri($"http://{atlas.Address}"),
                Timeout = RunningProgram.Limit,
            };
            await CheckAsync(http);
        }
        finally
        {
            foreach (RunningProgram server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }

    private static async Task CheckAsync(HttpClient http)
    {
        (HttpResponseMessage api, string body) = await AskAsync(http, "/api/users?q=1");
        ServerOf(api).ShouldBe("api");
        body.ShouldBe("server api: GET /users?q=1\n");
        (HttpResponseMessage style, _) = await AskAsync(http, "/static/a.css");
        ServerOf(style).ShouldBe("static");
        style.Headers.CacheControl!.ToString().ShouldBe("public, max-age=3600");
        ServerOf((await AskAsync(http, "/", "authorization", "Bearer partner-17")).Response).ShouldBe("partners");
        ServerOf((await AskAsync(http, "/api/users", "authorization", "Bearer partner-17")).Response).ShouldBe("partners");
        ServerOf((await AskAsync(http, "/api/users", "authorization", "Bearer other")).Response).ShouldBe("api");
        ServerOf((await AskAsync(http, "/", "cookie", "a=b; version=beta")).Response).ShouldBe("beta");
        ServerOf((await AskAsync(http, "/")).Response).ShouldBeOneOf("web", "beta");
        (HttpResponseMessage moved, _) = await AskAsync(http, "/old/a/b?c=d");
        moved.StatusCode.ShouldBe(HttpStatusCode.PermanentRedirect);
        moved.Headers.Location!.OriginalString.ShouldBe("/new/a/b?c=d");
        (await AskAsync(http, "/robots.txt")).Body.ShouldBe("User-agent: *\nDisallow: /api/\n");
    }

    private static async Task<(HttpResponseMessage Response, string Body)> AskAsync(
        HttpClient http, string path, string? name = null, string? value = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (name is not null)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        HttpResponseMessage response = await http.SendAsync(request);
        return (response, await response.Content.ReadAsStringAsync());
    }

    private static string ServerOf(HttpResponseMessage response) => response.Headers.GetValues("X-Server").ShouldHaveSingleItem();

    [GeneratedRegex(@"^  (?<pool>[a-z]+): \{ servers: \[127\.0\.0\.1:\d+\] \}$", RegexOptions.Multiline)]
    private static partial Regex PoolLine();
}
