using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Forwarding;

/// <summary>What of a response reaches the client, and in which framing.</summary>
public sealed class ResponseForwardingTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    private const string UntilClose = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde";

    [Fact]
    public async Task Response_HopByHopFields_AreTakenOff()
    {
        WireMessage response = await AskAsync(
            "HTTP/1.1 200 Fine\r\nConnection: X-Hop, keep-alive\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\n"
            + "Proxy-Authenticate: x\r\nUpgrade: h2c\r\nAlt-Svc: h3=\":443\"\r\nServer: origin\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n"
            + "Content-Length: 2\r\n\r\nok");

        response.StartLine.ShouldBe("HTTP/1.1 200 Fine");
        foreach (string name in (string[])["connection", "x-hop", "keep-alive", "proxy-connection", "proxy-authenticate", "upgrade", "alt-svc"])
        {
            response[name].ShouldBeNull(name);
        }

        response["server"].ShouldBe("origin");
        response.All("set-cookie").ShouldBe(["a=b", "c=d"]);
        response["date"].ShouldNotBeNull().ShouldEndWith(" GMT");
        response.Body.ShouldBe("ok");
    }

    [Fact]
    public async Task Response_NominationsOfProtectedFields_AreIgnored()
    {
        WireMessage response = await AskAsync(
            "HTTP/1.1 200 OK\r\nConnection: Content-Length, Date, Set-Cookie\r\nSet-Cookie: a=b\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\n"
            + "Content-Length: 2\r\n\r\nok");

        response["set-cookie"].ShouldBe("a=b");
        response.All("date").ShouldBe(["Tue, 15 Nov 1994 08:12:31 GMT"]);
        response.All("content-length").ShouldBe(["2"]);
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "1234")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\n\r\n", null)]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1234\r\n\r\n", "1234")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", null)]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\n\r\n", null)]
    [InlineData("POST", "HTTP/1.1 204 No Content\r\n\r\n", null)]
    public async Task Response_WithoutBody_KeepsBothConnections(string method, string text, string? length)
    {
        await using var server = RecordingServer.Answering(text);
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < 3; i++)
        {
            await client.SendAsync($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
            WireMessage response = (await WireMessage.ReadResponseAsync(client, method)).ShouldNotBeNull();
            response["content-length"].ShouldBe(length);
            response["connection"].ShouldBeNull();
        }

        server.Connections.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(Chunked)]
    [InlineData(UntilClose)]
    public async Task Response_OfUnknownLength_IsChunkedForHttp11(string text)
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(text);
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync(Get);
            WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();
            response["transfer-encoding"].ShouldBe("chunked");
            response["content-length"].ShouldBeNull();
            response["connection"].ShouldBeNull();
            response.Body.ShouldBe("abcde");
            response.IsComplete.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(Chunked, "")]
    [InlineData(Chunked, "Connection: keep-alive\r\n")]
    [InlineData(UntilClose, "")]
    [InlineData(UntilClose, "Connection: keep-alive\r\n")]
    public async Task Response_OfUnknownLength_EndsWithTheConnectionForHttp10(string text, string fields)
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(text);
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync($"GET / HTTP/1.0\r\nHost: a\r\n{fields}\r\n");
        WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();

        response["transfer-encoding"].ShouldBeNull();
        response["connection"].ShouldBe("close");
        response.Body.ShouldBe("abcde");
        client.WasReset.ShouldBeFalse();
    }

    [Fact]
    public async Task Response_OfKnownLength_KeepsAnHttp10ConnectionThatAskedForIt()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < 2; i++)
        {
            await client.SendAsync("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull()["connection"].ShouldBe("keep-alive");
        }

        await client.SendAsync("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull()["connection"].ShouldBe("close");
        (await client.TakeToEndAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Response_ToConnectionClose_Closes()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull()["connection"].ShouldBe("close");
        (await client.TakeToEndAsync()).ShouldBe("");
        server.Requests.Single()["connection"].ShouldBeNull();
    }

    [Theory]
    [InlineData("TE: trailers\r\nConnection: te\r\n", true)]
    [InlineData("", false)]
    public async Task Response_Trailers_GoToClientsThatTakeThem(string fields, bool passed)
    {
        await using var server = RecordingServer.Answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\n"
            + "Set-Cookie: a=b\r\nTransfer-Encoding: gzip\r\n\r\n");
        await using var atlas = new RunningAtlas(server);

        WireMessage response = await atlas.AskAsync($"GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

        response.Body.ShouldBe("abc");
        response.IsComplete.ShouldBeTrue();
        response.Trailers.ShouldBe(passed ? [("X-Sum", "1")] : []);
    }

    [Fact]
    public async Task Response_Interim_IsRelayedBeforeTheFinalOne()
    {
        using var seen = new SemaphoreSlim(0);
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: x-y\r\nX-Y: z\r\n\r\n");
            await seen.WaitAsync(WireConnection.Deadline);
            await connection.SendAsync(RecordingServer.Response("ok"));
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync(Get);

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(102);
        WireMessage hints = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();
        seen.Release();
        WireMessage final = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();

        hints.Status.ShouldBe(103);
        hints["link"].ShouldBe("</a>");
        hints["x-y"].ShouldBeNull();
        final.Body.ShouldBe("ok");
    }

    [Fact]
    public async Task Response_Interim_IsNotForHttp10()
    {
        await using var server = RecordingServer.Answering("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + RecordingServer.Response("ok"));
        await using var atlas = new RunningAtlas(server);

        WireMessage response = await atlas.AskAsync("GET / HTTP/1.0\r\nHost: a\r\n\r\n");

        response.Status.ShouldBe(200);
        response.Body.ShouldBe("ok");
    }

    [Fact]
    public async Task Expect_Continue_IsRelayedBothWays()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            WireMessage head = (await WireMessage.ReadHeadAsync(connection)).ShouldNotBeNull();
            head["expect"].ShouldBe("100-continue");
            connection.Waiting.ShouldBe(0);
            await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
            await head.ReadBodyAsync(connection, isRequest: true);
            await connection.SendAsync(RecordingServer.Response(head.Body));
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n");
        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(100);
        await client.SendAsync("hello");

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Body.ShouldBe("hello");
        server.Failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Expect_RefusedByTheServer_NeedsNoBody()
    {
        await using var server = new RecordingServer(async (_, connection) =>
        {
            await WireMessage.ReadHeadAsync(connection);
            await connection.SendAsync("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno");
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull();

        response.Status.ShouldBe(401);
        response["connection"].ShouldBe("close");
        (await client.TakeToEndAsync()).ShouldBe("");
        await atlas.UntilAsync(() => server.Connections.Single().IsEnded, "the server's connection was kept");
    }

    [Fact]
    public async Task Expect_OfHttp10_IsIgnored()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);

        (await atlas.AskAsync("POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello")).Status.ShouldBe(200);

        server.Requests.Single()["expect"].ShouldBeNull();
    }

    private static async Task<WireMessage> AskAsync(string response)
    {
        await using var server = RecordingServer.Answering(response);
        await using var atlas = new RunningAtlas(server);
        return await atlas.AskAsync(Get);
    }
}
