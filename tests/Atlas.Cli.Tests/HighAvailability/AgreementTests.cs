using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>What a client has of one node that another node with the same secret goes on with. Nodes of the same cluster need not speak
/// with each other for it.</summary>
public sealed class AgreementTests
{
    private const string Secret = "the same on all nodes";

    [Fact]
    public async Task Client_AtAnotherNode_KeepsItsServer()
    {
        Backend[] servers = Backend.Three();
        string list = string.Join(", ", servers.Select(server => $"{{ name: {server.Name}, address: {server.Address} }}"));
        string text =
            $$"""
              web: { bind: 127.0.0.1:0, routes: [{ match: { path: /hash }, pool: hash }, { pool: sticky }] }
            pools:
              hash: { balance: consistent_hash, hash_key: 'header:user', servers: [{{list}}] }
              sticky: { sticky: { by: cookie }, servers: [{{list}}] }
            """;
        await using AgreeingNode one = await AgreeingNode.StartAsync(text, Secret);
        await using AgreeingNode two = await AgreeingNode.StartAsync(text, Secret);
        await using AgreeingNode stranger = await AgreeingNode.StartAsync(text, "another one, as long as it has to be");
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { Timeout = RunningProgram.Limit };
        string hashed = "";
        for (int user = 0; user < 12; user++)
        {
            (string server, _) = await AskAsync(http, one, "/hash", "user", $"u{user}");
            (await AskAsync(http, two, "/hash", "user", $"u{user}")).Server.ShouldBe(server);
            hashed += server;
        }

        hashed.Distinct().Count().ShouldBeGreaterThan(1, hashed);
        string seen = "";
        for (int user = 0; user < 6; user++)
        {
            (string server, string? cookie) = await AskAsync(http, one, "/", "user", "");
            cookie.ShouldNotBeNull();
            (string again, string? given) = await AskAsync(http, two, "/", "cookie", cookie);
            (again, given).ShouldBe((server, null), "the node knows the id");

            // Another secret: the id is not known, and the client gets a new one.
            (await AskAsync(http, stranger, "/", "cookie", cookie)).Cookie.ShouldNotBeNull();
            seen += server;
        }

        seen.Distinct().Count().ShouldBe(3, seen);
        foreach (Backend server in servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task Client_AtAnotherNode_KeepsItsSession()
    {
        await using PeerServer redis = await PeerServer.StartAsync(
            port => ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]);
        using var app = new SessionApp();
        string text =
            $$"""
              web: { bind: 127.0.0.1:0, pool: shop }
            pools:
              shop: { servers: ['{{app.Address}}'], session: cart }
            stores:
              there: { type: redis, url: 'redis://{{redis.Address}}/0', timeout: 1s }
            sessions:
              cart: { store: there, cookie: { name: sid } }
            """;
        await using AgreeingNode one = await AgreeingNode.StartAsync(text, Secret);
        await using AgreeingNode two = await AgreeingNode.StartAsync(text, Secret);
        using var here = new SessionClient(one.Address);
        using var there = new SessionClient(two.Address);

        await here.AskAsync("/set?v=apples");
        there.Cookie = here.Cookie.ShouldNotBeNull();

        (await there.AskAsync("/")).Contents.ShouldBe("apples");
        await there.AskAsync("/set?v=pears");
        (await here.AskAsync("/")).Contents.ShouldBe("pears");
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task Client_AtAnotherNode_ResumesItsTlsSession(string version)
    {
        var certificate = new SiteCertificate();
        const string text =
            "  web: { bind: 127.0.0.1:0, tls: { certificates: [{ cert: site.pem, key: site.key }] }, routes: [{ respond: { status: 200 } }] }";
        await using AgreeingNode one = await AgreeingNode.StartAsync(text, Secret, certificate);
        await using AgreeingNode two = await AgreeingNode.StartAsync(text, Secret, certificate);
        await using AgreeingNode stranger = await AgreeingNode.StartAsync(text, "another one, as long as it has to be", certificate);
        string session = one.Config.Sibling("session");

        (await ConnectAsync(one, version, "-sess_out", session)).ShouldContain("New, TLSv1.");

        (await ConnectAsync(two, version, "-sess_in", session)).ShouldContain("Reused, TLSv1.");
        (await ConnectAsync(one, version, "-sess_in", session)).ShouldContain("Reused, TLSv1.");
        (await ConnectAsync(stranger, version, "-sess_in", session)).ShouldContain("New, TLSv1.");
    }

    private static async Task<(string Server, string? Cookie)> AskAsync(HttpClient http, AgreeingNode node, string path, string field, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{node.Address}{path}");
        request.Headers.TryAddWithoutValidation(field, value);
        using HttpResponseMessage response = await http.SendAsync(request);
        string server = await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
        return (server, response.Headers.TryGetValues("Set-Cookie", out IEnumerable<string>? set) ? set.Single().Split(';')[0] : null);
    }

    /// <summary>A connection of OpenSSL's client with one request, and what it says.</summary>
    private static Task<string> ConnectAsync(AgreeingNode node, params string[] words)
    {
        // The answer comes after TLS 1.3's tickets, so that who waits for it has them.
        string command = "printf 'GET / HTTP/1.1\\r\\nHost: site.example\\r\\nConnection: close\\r\\n\\r\\n'"
            + $" | openssl s_client -ign_eof -servername site.example -connect {node.Address} {string.Join(' ', words)} 2>&1";
        return Tool.RunAsync("sh", "-c", command);
    }
}
