using Atlas.Core.Configuration;
using Atlas.Integration.Tests.Strictness;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Forwarding;

/// <summary>What of a request's head reaches the server.</summary>
public sealed class RequestForwardingTests
{
    [Fact]
    public async Task Request_HopByHopFields_AreTakenOff()
    {
        WireMessage request = await ForwardAsync(
            "Connection: keep-alive, X-Hop, x-other\r\nX-Hop: 1\r\nX-OTHER: 2\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\n"
            + "Proxy-Authorization: Basic eA==\r\nProxy-Authenticate: x\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\nTE: gzip\r\nX-End: 3\r\n");

        request["x-end"].ShouldBe("3");
        foreach (string name in (string[])
        [
            "connection", "x-hop", "x-other", "keep-alive", "proxy-connection", "proxy-authorization", "proxy-authenticate",
            "http2-settings", "te", "upgrade",
        ])
        {
            request[name].ShouldBeNull(name);
        }
    }

    [Fact]
    public async Task Request_NominationsOfProtectedFields_AreIgnored()
    {
        WireMessage request = await ForwardAsync(
            "Connection: Host, Cookie, Authorization, X-Forwarded-For, X-Real-IP, Via, Date, Content-Length, Atlas-Session\r\n"
            + "Cookie: a=b\r\nAuthorization: x\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nVia: 1.1 other\r\nAtlas-Session: s\r\n");

        request["host"].ShouldBe("a");
        request["cookie"].ShouldBe("a=b");
        request["authorization"].ShouldBe("x");
        request["date"].ShouldNotBeNull();
        request["x-forwarded-for"].ShouldBe("127.0.0.1");
        request["x-real-ip"].ShouldBe("127.0.0.1");
        request["atlas-session"].ShouldBe("s");
        request["via"].ShouldBe("1.1 other, 1.1 atlas");
    }

    [Theory]
    [InlineData("h2c")]
    [InlineData("H2C")]
    [InlineData("h2")]
    [InlineData("h2c, h2")]
    public async Task Request_UpgradeToHttp2_IsNeverForwarded(string protocol)
    {
        WireMessage request = await ForwardAsync(
            $"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {protocol}\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n");

        request["upgrade"].ShouldBeNull();
        request["connection"].ShouldBeNull();
        request["http2-settings"].ShouldBeNull();
    }

    [Fact]
    public async Task Request_UpgradeListWithHttp2_KeepsTheOther()
    {
        WireMessage request = await ForwardAsync("Connection: upgrade\r\nUpgrade: h2c, websocket\r\n");

        request["upgrade"].ShouldBe("websocket");
        request["connection"].ShouldBe("upgrade");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nhi")]
    public async Task Request_UpgradeThatIsNone_IsTakenOff(string text)
    {
        WireMessage request = await ForwardWholeAsync(text);

        request["upgrade"].ShouldBeNull();
        request["connection"].ShouldBeNull();
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: Example.com:8080\r\n\r\n", "GET / HTTP/1.1", "Example.com:8080")]
    [InlineData("GET http://b/x?y HTTP/1.1\r\nHost: b\r\n\r\n", "GET /x?y HTTP/1.1", "b")]
    [InlineData("GET http://b:80/ HTTP/1.1\r\nHost: b\r\n\r\n", "GET / HTTP/1.1", "b:80")]
    [InlineData("GET http://b HTTP/1.1\r\nHost: b\r\n\r\n", "GET / HTTP/1.1", "b")]
    [InlineData("GET http://b?q HTTP/1.1\r\nHost: b\r\n\r\n", "GET /?q HTTP/1.1", "b")]
    [InlineData("OPTIONS http://b HTTP/1.1\r\nHost: b\r\n\r\n", "OPTIONS * HTTP/1.1", "b")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n", "OPTIONS * HTTP/1.1", "b")]
    [InlineData("GET http://b/ HTTP/1.0\r\n\r\n", "GET / HTTP/1.1", "b")]
    [InlineData("GET /%2e%2E/a//b/./c%2F?a=%20&b HTTP/1.1\r\nHost: b\r\n\r\n", "GET /%2e%2E/a//b/./c%2F?a=%20&b HTTP/1.1", "b")]
    [InlineData("GET /? HTTP/1.1\r\nHost: b\r\n\r\n", "GET /? HTTP/1.1", "b")]
    [InlineData("PURGE /x HTTP/1.1\r\nHost: b\r\n\r\n", "PURGE /x HTTP/1.1", "b")]
    public async Task Request_Target_GoesInOriginFormWithOneHost(string text, string line, string host)
    {
        WireMessage request = await ForwardWholeAsync(text);

        request.StartLine.ShouldBe(line);
        request.All("host").ShouldBe([host]);
        request["x-forwarded-host"].ShouldBe(host);
    }

    [Fact]
    public async Task Request_NamesWithUnderscore_AreDropped()
    {
        WireMessage request = await ForwardAsync("X_Forwarded_For: 9.9.9.9\r\nContent_Type: x\r\nX-Kept: y\r\n_: z\r\n");

        request.Fields.ShouldNotContain(field => field.Name.Contains('_'));
        request["x-kept"].ShouldBe("y");
    }

    [Fact]
    public async Task Request_ForwardingFieldsOfAStranger_AreOverwritten()
    {
        WireMessage request = await ForwardAsync(
            "X-Forwarded-For: 9.9.9.9\r\nx-forwarded-for: 8.8.8.8\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\n"
            + "X-Forwarded-Port: 666\r\nX-Real-IP: 9.9.9.9\r\nForwarded: for=9.9.9.9\r\nX-Request-Id: chosen\r\n");

        request.All("x-forwarded-for").ShouldBe(["127.0.0.1"]);
        request.All("x-forwarded-proto").ShouldBe(["http"]);
        request.All("x-forwarded-host").ShouldBe(["a"]);
        request.All("x-real-ip").ShouldBe(["127.0.0.1"]);
        request["forwarded"].ShouldBeNull();
        request.All("x-forwarded-port").ShouldNotContain("666");
        request.All("x-request-id").ShouldHaveSingleItem().ShouldNotBe("chosen");
    }

    [Fact]
    public async Task Request_ForwardingFieldsOfATrustedProxy_AreKeptAndAddedTo()
    {
        IpNetwork.TryParse("127.0.0.0/8", out IpNetwork loopback).ShouldBeTrue();
        WireMessage request = await ForwardWholeAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9, 8.8.8.8\r\nX-Forwarded-For: 127.0.0.9\r\nX-Forwarded-Proto: https\r\n"
            + "X-Forwarded-Host: shop\r\nX-Request-Id: chosen\r\n\r\n",
            new AtlasOptions { TrustedProxies = [loopback] });

        request["x-forwarded-for"].ShouldBe("9.9.9.9, 8.8.8.8, 127.0.0.9, 127.0.0.1");
        request["x-forwarded-proto"].ShouldBe("https");
        request["x-forwarded-host"].ShouldBe("shop");
        request["x-real-ip"].ShouldBe("8.8.8.8");
        request.All("x-request-id").ShouldBe(["chosen"]);
    }

    [Fact]
    public async Task Request_WithoutAnId_GetsOneOfItsOwn()
    {
        WireMessage first = await ForwardAsync("");
        WireMessage second = await ForwardAsync("");

        first["x-request-id"].ShouldNotBeNullOrEmpty();
        second["x-request-id"].ShouldNotBe(first["x-request-id"]);
    }

    [Fact]
    public async Task Request_ThatPassedOften_IsALoop()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        string via = string.Concat(Enumerable.Repeat("Via: 1.0 x, 1.1 atlas\r\n", 10));

        WireMessage response = await atlas.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{via}\r\n");

        response.Status.ShouldBe(508);
        server.Requests.ShouldBeEmpty();
    }

    /// <summary>An Atlas before itself: the request goes round until the loop is seen, and ends.</summary>
    [Fact]
    public async Task Request_ThatComesBack_Ends508()
    {
        await using var first = new RecordingServer();
        await using var inner = new RunningAtlas(first);
        RunningAtlas? outer = null;
        await using var bridge = new RecordingServer(async (self, connection) =>
        {
            while (await self.ReadRequestAsync(connection) is { } request)
            {
                string fields = string.Concat(request.Fields.Select(field => $"{field.Name}: {field.Value}\r\n"));
                WireMessage answer = await outer!.AskAsync($"{request.StartLine}\r\n{fields}\r\n");
                await connection.SendAsync($"HTTP/1.1 {answer.Status} x\r\nContent-Length: 0\r\n\r\n");
            }
        });
        await using RunningAtlas loop = outer = new RunningAtlas(bridge);

        (await loop.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.ShouldBe(508);

        bridge.Requests.Count.ShouldBeInRange(1, 10);
    }

    [Theory]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task Request_TraceOrConnect_Is405(string text)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync(text)).Status.ShouldBe(405);

        server.Bytes.ShouldBe(0);
    }

    [Theory]
    [InlineData("5", "4")]
    [InlineData("1", "0")]
    public async Task Options_MaxForwards_CountsDown(string sent, string forwarded)
    {
        WireMessage request = await ForwardWholeAsync($"OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: {sent}\r\n\r\n");

        request.All("max-forwards").ShouldBe([forwarded]);
    }

    [Fact]
    public async Task Options_MaxForwardsZero_EndsHere()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        WireMessage response = await atlas.AskAsync("OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\n\r\n", "OPTIONS");

        response.Status.ShouldBe(200);
        server.Bytes.ShouldBe(0);
    }

    [Fact]
    public async Task Request_Trailers_ArePassedOnWithoutTheForbiddenOnes()
    {
        WireMessage request = await ForwardWholeAsync(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTE: trailers, deflate;q=0.5\r\nConnection: TE\r\nTrailer: X-Sum\r\n\r\n"
            + "3\r\nabc\r\n0\r\nX-Sum: 1\r\nContent-Length: 5\r\nHost: evil\r\nTransfer-Encoding: chunked\r\nAuthorization: x\r\n"
            + "X-Forwarded-For: 9.9.9.9\r\nCookie: c\r\nX_Sum: 2\r\n\r\n");

        request.Body.ShouldBe("abc");
        request.Trailers.ShouldBe([("X-Sum", "1")]);
        request["te"].ShouldBe("trailers");
        request["connection"].ShouldBe("te");
    }

    private static Task<WireMessage> ForwardAsync(string fields) => ForwardWholeAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

    private static async Task<WireMessage> ForwardWholeAsync(string text, AtlasOptions? options = null)
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(options ?? new AtlasOptions(), server);
        (await atlas.AskAsync(text)).Status.ShouldBe(200);
        OriginGrammar.Check(server.Connections.Single().Received).ShouldBeEmpty();
        return server.Requests.ShouldHaveSingleItem();
    }
}
