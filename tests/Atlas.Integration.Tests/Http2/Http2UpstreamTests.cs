using System.Net;
using System.Net.Http;
using Atlas.Core.Configuration;
using Atlas.Integration.Tests.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using static Atlas.Integration.Tests.Http2.UpstreamFront;

namespace Atlas.Integration.Tests.Http2;

/// <summary>Requests to a server that speaks HTTP/2 in clear text and that others wrote, from clients of both versions.</summary>
public sealed class Http2UpstreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Get_PassesBothWays(int version)
    {
        string seen = "";
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            seen = $"{http.Request.Protocol} {http.Request.Method} {http.Request.Path}{http.Request.QueryString} {http.Request.Host} {http.Request.Headers.Via}";
            http.Response.Headers["x-from"] = "Server";
            http.Response.ContentLength = 5;
            await http.Response.WriteAsync("hello");
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(version);

        using HttpResponseMessage response = await client.GetAsync(new Uri($"{atlas.Url}/path?q=1"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-from").ShouldBe(["Server"]);
        response.Content.Headers.ContentLength.ShouldBe(5);
        (await response.Content.ReadAsStringAsync()).ShouldBe("hello");
        seen.ShouldBe($"HTTP/2 GET /path?q=1 {atlas.Address} {(version == 1 ? "1.1" : "2.0")} atlas");
    }

    [Theory]
    [InlineData(1, 10, true)]
    [InlineData(1, 3_000_000, true)]
    [InlineData(1, 3_000_000, false)]
    [InlineData(2, 10, true)]
    [InlineData(2, 100_000, true)]
    [InlineData(2, 3_000_000, true)]
    [InlineData(2, 3_000_000, false)]
    public async Task Post_ComesBack(int version, int length, bool isKnown)
    {
        long? told = 0;
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            told = http.Request.ContentLength;
            http.Response.ContentLength = http.Request.ContentLength;

            // The client does not receive before it has sent all.
            using var all = new MemoryStream();
            await http.Request.Body.CopyToAsync(all);
            await http.Response.Body.WriteAsync(all.GetBuffer().AsMemory(0, (int)all.Length));
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(version);
        byte[] body = Bytes(length);
        using HttpContent content = isKnown ? new ByteArrayContent(body) : new StreamContent(new Unsized(body));

        using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), content);

        (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        told.ShouldBe(isKnown ? length : null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Trailers_PassBothWays(int version)
    {
        string seen = "";
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            string body = await reader.ReadToEndAsync();
            http.Response.DeclareTrailer("x-sum");
            await http.Response.WriteAsync("abcde");
            seen = $"{body} {http.Features.Get<IHttpRequestTrailersFeature>()!.Trailers["x-count"]}";
            http.Response.AppendTrailer("x-sum", "5");
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(version);
        using var request = new HttpRequestMessage(HttpMethod.Post, atlas.Url)
        {
            Content = new StreamContent(new Unsized("some"u8.ToArray())), Version = Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Add("TE", "trailers");

        using HttpResponseMessage response = await client.SendAsync(request);

        (await response.Content.ReadAsStringAsync()).ShouldBe("abcde");
        response.TrailingHeaders.GetValues("x-sum").ShouldBe(["5"]);
        seen.ShouldBe("some ");
    }

    [Fact]
    public async Task Post_ByHand_WithTrailers_PassesThem()
    {
        string seen = "";
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            string body = await reader.ReadToEndAsync();
            seen = $"{body} {http.Features.Get<IHttpRequestTrailersFeature>()!.Trailers["x-count"]}";
        });
        await using RunningAtlas atlas = Before(server);

        WireMessage response = await atlas.AskAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Count: 5\r\n\r\n", "POST");

        response.Status.ShouldBe(200);
        seen.ShouldBe("abcde 5");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Requests_AtOnce_ShareConnections(int version)
    {
        await using KestrelServer server = await KestrelServer.StartAsync(http => http.Request.Body.CopyToAsync(http.Response.Body));
        await using RunningAtlas atlas = Before(server, new AtlasOptions { Workers = 1, MaxStreams = 50 });
        using HttpClient client = Client(version);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async number =>
        {
            using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), new StringContent($"body {number}"));
            return await response.Content.ReadAsStringAsync();
        }));

        answers.ShouldBe(Enumerable.Range(0, 300).Select(number => $"body {number}"));
        server.Connections.ShouldBeLessThanOrEqualTo(6);
    }

    [Fact]
    public async Task Requests_OneAfterTheOther_ShareOneConnection()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(http => http.Response.WriteAsync("fine"));
        await using RunningAtlas atlas = Before(server, new AtlasOptions { Workers = 1 });
        using HttpClient client = Client(1);

        for (int i = 0; i < 50; i++)
        {
            (await client.GetStringAsync(new Uri(atlas.Url))).ShouldBe("fine");
        }

        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Requests_MoreThanTheServerTakesAtOnce_GoOverFurtherConnections()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(
            async http =>
            {
                await http.Request.Body.CopyToAsync(Stream.Null);
                await http.Response.WriteAsync("fine");
            },
            limits => limits.Http2.MaxStreamsPerConnection = 3);
        await using RunningAtlas atlas = Before(server, new AtlasOptions { Workers = 1, Retries = 0 });
        using HttpClient client = Client(2);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => client.GetStringAsync(new Uri(atlas.Url))));

        answers.ShouldAllBe(answer => answer == "fine");
        server.Connections.ShouldBeLessThanOrEqualTo(60);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Head_HasNoBody(int version)
    {
        await using KestrelServer server = await KestrelServer.StartAsync(http =>
        {
            http.Response.ContentLength = 1234;
            return Task.CompletedTask;
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(version);

        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, atlas.Url)
            {
                Version = Version(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            });

            response.Content.Headers.ContentLength.ShouldBe(1234);
        }
    }

    [Fact]
    public async Task Server_ThatSpeaksHttp1_Is502()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await connection.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(new AtlasOptions { Protocol = UpstreamProtocol.Http2 }, server);

        WireMessage response = await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.Status.ShouldBe(502);
        response["proxy-status"].ShouldBe("atlas; error=http_protocol_error");
    }

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
