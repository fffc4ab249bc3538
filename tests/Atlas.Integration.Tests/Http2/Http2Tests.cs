using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using Atlas.Integration.Tests.Wire;
using HttpLimits = Atlas.Protocols.Http.HttpLimits;

namespace Atlas.Integration.Tests.Http2;

/// <summary>Requests over HTTP/2 with prior knowledge, from a client that others wrote, to servers that speak HTTP/1.1.</summary>
public sealed class Http2Tests
{
    [Fact]
    public async Task Get_PassesBothWays()
    {
        await using var server = RecordingServer.Answering("HTTP/1.1 200 Fine\r\nContent-Length: 5\r\nX-From: Server\r\nConnection: keep-alive\r\n\r\nhello");
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.GetAsync(new Uri($"{atlas.Url}/path?q=1"));

        response.Version.ShouldBe(HttpVersion.Version20);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-from").ShouldBe(["Server"]);
        response.Headers.Contains("connection").ShouldBeFalse();
        (await response.Content.ReadAsStringAsync()).ShouldBe("hello");
        WireMessage request = server.Requests.Single();
        request.StartLine.ShouldBe("GET /path?q=1 HTTP/1.1");
        request["host"].ShouldBe(atlas.Address.ToString());
        request["via"].ShouldBe("2.0 atlas");
    }

    [Fact]
    public async Task Head_AboveTheDefaults_PassesWhereTheListenerLetsIt()
    {
        await using var server = RecordingServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await using var atlas = new RunningAtlas(new AtlasOptions { Limits = new HttpLimits(HeaderBytes: 131_072, HeaderCount: 400) }, server);
        using HttpClient client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, atlas.Url)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        for (int i = 0; i < 300; i++)
        {
            request.Headers.Add($"x-{i}", new string('v', 300));
        }

        using HttpResponseMessage response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        server.Requests.Single()["x-299"].ShouldBe(new string('v', 300));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task Post_WithLength_ComesBack(int length)
    {
        await using RecordingServer server = Echo();
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();
        byte[] body = Bytes(length);

        using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), new ByteArrayContent(body));

        (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        server.Requests.Single()["content-length"].ShouldBe($"{length}");
    }

    [Fact]
    public async Task Post_OfUnknownLength_GoesOnInChunks()
    {
        await using RecordingServer server = Echo();
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();
        byte[] body = Bytes(300_000);

        using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), new StreamContent(new Unsized(body)));

        (await response.Content.ReadAsByteArrayAsync()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        server.Requests.Single()["transfer-encoding"].ShouldBe("chunked");
    }

    [Fact]
    public async Task Response_InChunksWithTrailers_PassesThem()
    {
        await using RecordingServer server = RecordingServer.Answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Sum: 5\r\n\r\n");
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.GetAsync(new Uri(atlas.Url));

        (await response.Content.ReadAsStringAsync()).ShouldBe("abcde");
        response.TrailingHeaders.GetValues("x-sum").ShouldBe(["5"]);
    }

    [Fact]
    public async Task Response_UntilClose_EndsTheStream()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
        });
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();

        (await client.GetStringAsync(new Uri(atlas.Url))).ShouldBe("all of it");
    }

    [Fact]
    public async Task Response_ThatBreaksOff_ResetsTheStream()
    {
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome of it");
        });
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();

        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(atlas.Url)));
    }

    [Fact]
    public async Task Requests_AtOnce_ShareAConnection()
    {
        await using RecordingServer server = Echo();
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(async number =>
        {
            using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), new StringContent($"body {number}"));
            return await response.Content.ReadAsStringAsync();
        }));

        answers.ShouldBe(Enumerable.Range(0, 300).Select(number => $"body {number}"));
        atlas.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Head_HasNoBody()
    {
        await using RecordingServer server = RecordingServer.Answering("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n");
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, atlas.Url)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        });

        response.Content.Headers.ContentLength.ShouldBe(1234);
    }

    [Fact]
    public async Task Client_ThatCancels_FreesTheServersConnection()
    {
        var asked = new TaskCompletionSource();
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            asked.SetResult();
            await connection.TakeToEndAsync();
        });
        await using var atlas = new RunningAtlas(server);
        using HttpClient client = Client();
        using var cancel = new CancellationTokenSource();
        Task<string> waiting = client.GetStringAsync(new Uri(atlas.Url), cancel.Token);
        await asked.Task;

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await atlas.UntilAsync(() => server.Connections.Single().IsEnded, "the server's connection stayed open");
    }

    [Fact]
    public async Task Request_WithoutServers_Is503()
    {
        await using var atlas = new RunningAtlas();
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.GetAsync(new Uri(atlas.Url));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task GrpcCall_WithoutServers_GetsAStatusOfGrpc()
    {
        await using var atlas = new RunningAtlas();
        using HttpClient client = Client();
        var content = new ByteArrayContent([0, 0, 0, 0, 0]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), content);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("grpc-status").ShouldBe(["14"]);
    }

    [Fact]
    public async Task Preface_InClearText_IsAnsweredWithSettings()
    {
        await using var server = new RecordingServer();
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");

        string header = await client.TakeAsync(9);
        ((int)header[3]).ShouldBe(4, "a SETTINGS frame");
        ((int)header[8]).ShouldBe(0, "of the connection");
    }

    private static HttpClient Client() => new(new SocketsHttpHandler())
    {
        DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    private static RecordingServer Echo() => new(async (self, connection) =>
    {
        while (await self.ReadRequestAsync(connection) is { } request)
        {
            await connection.SendAsync(RecordingServer.Response(request.Body));
        }
    });

    private static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
