using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using Atlas.Integration.Tests.Wire;
using Microsoft.AspNetCore.Http;
using static Atlas.Integration.Tests.Http2.UpstreamFront;

namespace Atlas.Integration.Tests.Http2;

/// <summary>The same of requests and responses that take their time, each at its own pace.</summary>
public sealed class Http2UpstreamStreamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Client_ThatLeaves_CancelsTheRequest(int version)
    {
        var asked = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            http.RequestAborted.Register(cancelled.SetResult);
            asked.SetResult();
            await cancelled.Task;
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(version);
        using var cancel = new CancellationTokenSource();
        Task<string> waiting = client.GetStringAsync(new Uri(atlas.Url), cancel.Token);
        await asked.Task.WaitAsync(WireConnection.Deadline);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        await cancelled.Task.WaitAsync(WireConnection.Deadline);
        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task Call_ThatStreamsBothWays_PassesMessageByMessage()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            http.Response.ContentType = "application/grpc";
            byte[] buffer = new byte[100];
            int count;
            while ((count = await http.Request.Body.ReadAsync(buffer)) > 0)
            {
                await http.Response.Body.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(buffer, 0, count).ToUpperInvariant()));
                await http.Response.Body.FlushAsync();
            }

            http.Response.AppendTrailer("grpc-status", "0");
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(2);
        var content = new PushContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{atlas.Url}/Echo/Both")
        {
            Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.Add("TE", "trailers");
        Task<HttpResponseMessage> sending = client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Stream up = await content.Opened.WaitAsync(WireConnection.Deadline);
        await SayAsync(up, "first");
        using HttpResponseMessage response = await sending.WaitAsync(WireConnection.Deadline);
        Stream down = await response.Content.ReadAsStreamAsync();
        (await HearAsync(down, 5)).ShouldBe("FIRST");

        for (int i = 0; i < 20; i++)
        {
            string word = i.ToString("word00", CultureInfo.InvariantCulture);
            await SayAsync(up, word);
            (await HearAsync(down, 6)).ShouldBe(word.ToUpperInvariant());
        }

        content.Done.SetResult();
        (await down.ReadAsync(new byte[1])).ShouldBe(0);
        response.TrailingHeaders.GetValues("grpc-status").ShouldBe(["0"]);
    }

    [Fact]
    public async Task Call_ThatEndsWithItsHead_IsPassedOn()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(http =>
        {
            http.Response.ContentType = "application/grpc";
            http.Response.Headers["grpc-status"] = "12";
            return Task.CompletedTask;
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(2);

        using HttpResponseMessage response = await client.PostAsync(new Uri(atlas.Url), new ByteArrayContent([0, 0, 0, 0, 0]));

        response.Headers.GetValues("grpc-status").ShouldBe(["12"]);
    }

    [Fact]
    public async Task Response_BeforeTheRequestHasEnded_ComesThrough()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(http =>
        {
            http.Response.StatusCode = 413;
            return Task.CompletedTask;
        });
        await using RunningAtlas atlas = Before(server);
        using WireConnection client = await atlas.ConnectAsync();

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nsome of it");

        (await WireMessage.ReadResponseAsync(client, "POST")).ShouldNotBeNull().Status.ShouldBe(413);
    }

    [Fact]
    public async Task Response_ThatIsReset_BreaksOff()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            await http.Response.WriteAsync("some of it");
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        await using RunningAtlas atlas = Before(server);
        using HttpClient client = Client(2);

        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(atlas.Url)));
        server.Connections.ShouldBe(1);
    }

    [Fact]
    public async Task SlowClient_HoldsUpItsOwnResponseOnly()
    {
        await using KestrelServer server = await KestrelServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/large")
            {
                byte[] piece = new byte[64 * 1024];
                for (int i = 0; i < 400; i++)
                {
                    await http.Response.Body.WriteAsync(piece);
                }
            }
            else
            {
                await http.Response.WriteAsync("fine");
            }
        });
        await using RunningAtlas atlas = Before(server, new AtlasOptions { Workers = 1 });
        var slow = new List<WireConnection>();
        for (int i = 0; i < 8; i++)
        {
            WireConnection client = await atlas.ConnectAsync(receiveBuffer: 4096);
            await client.SendAsync("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            slow.Add(client);
        }

        for (int i = 0; i < 20; i++)
        {
            (await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).Status.ShouldBe(200);
        }

        server.Connections.ShouldBe(1);
        atlas.AllocatedBytes.ShouldBeLessThan(16 << 20);
        slow.ForEach(client => client.Dispose());
    }

    private static async Task SayAsync(Stream up, string text)
    {
        await up.WriteAsync(Encoding.ASCII.GetBytes(text));
        await up.FlushAsync();
    }

    private static async Task<string> HearAsync(Stream down, int length)
    {
        byte[] buffer = new byte[length];
        await down.ReadExactlyAsync(buffer).AsTask().WaitAsync(WireConnection.Deadline);
        return Encoding.ASCII.GetString(buffer);
    }

    private sealed class PushContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Stream> Opened => _opened.Task;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _opened.SetResult(stream);
            await Done.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
