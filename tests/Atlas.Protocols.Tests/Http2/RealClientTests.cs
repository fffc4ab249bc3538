using System.Net;
using System.Net.Http;
using System.Threading.Channels;
using Atlas.Protocols.Http2;
using HttpMethod = System.Net.Http.HttpMethod;
using HttpVersion = System.Net.HttpVersion;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>The client of .NET talks to a server's side in memory: another hand's reading of the RFCs.</summary>
public sealed class RealClientTests
{
    [Fact]
    public async Task Requests_OfTheClientOfNet_AreAnswered()
    {
        await using EchoServer server = new();
        using HttpClient client = Client(server);

        for (int i = 0; i < 20; i++)
        {
            using HttpRequestMessage request = Request(HttpMethod.Get, $"/{i}");
            request.Headers.Add("x-number", $"{i}");
            using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);

            response.Version.ShouldBe(HttpVersion.Version20);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            text.ShouldBe($"GET /{i} HTTP/1.1\r\nhost: example.com\r\nx-number: {i}\r\n\r\n");
            response.TrailingHeaders.GetValues("x-sum").Single().ShouldBe($"{text.Length}");
        }
    }

    [Fact]
    public async Task Contents_LongerThanAllWindows_AreEchoedSideBySide()
    {
        await using EchoServer server = new();
        using HttpClient client = Client(server);
        byte[] content = new byte[3_000_000];
        new Random(1).NextBytes(content);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using HttpRequestMessage request = Request(HttpMethod.Post, "/echo");
            request.Content = new ByteArrayContent(content, i * 1000, content.Length - (i * 300_000));
            using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);

            byte[] echo = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            echo.AsSpan().SequenceEqual(content.AsSpan(i * 1000, content.Length - (i * 300_000))).ShouldBeTrue();
        }));
    }

    private static HttpClient Client(EchoServer server)
    {
        // The client, when it is disposed, disposes its handler.
#pragma warning disable CA2000
        return new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(server) });
#pragma warning restore CA2000
    }

    private static HttpRequestMessage Request(HttpMethod method, string path) => new(method, "http://example.com" + path)
    {
        Version = HttpVersion.Version20,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>A connection's server side as the stream that the client takes for its socket.</summary>
    private sealed class EchoServer : Stream, IHttp2Handler
    {
        private readonly Lock _lock = new();
        private readonly Channel<byte[]> _output = Channel.CreateUnbounded<byte[]>();
        private readonly List<Exchange> _ready = [];
        private readonly Http2Connection _connection;
        private readonly byte[] _buffer = new byte[65536];
        private byte[] _received = [];
        private ReadOnlyMemory<byte> _unread;

        public EchoServer()
        {
            _connection = new Http2Connection(Http2Role.Server, this, new Http2Memory(Http2Limits.Default));
            Flush();
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_unread.IsEmpty)
            {
                _unread = await _output.Reader.ReadAsync(cancellationToken);
            }

            int length = Math.Min(buffer.Length, _unread.Length);
            _unread[..length].CopyTo(buffer);
            _unread = _unread[length..];
            return length;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                byte[] all = [.. _received, .. buffer.Span];
                _received = all[_connection.Receive(all, Environment.TickCount64)..];
                Flush();
            }

            return ValueTask.CompletedTask;
        }

        // What the client's stream calls otherwise.
        public override void Flush()
        {
            Keep(_connection.TakeControl(_buffer));
            foreach (Exchange exchange in _ready.ToArray())
            {
                Send(exchange);
            }

            Keep(_connection.TakeControl(_buffer));
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
        {
            Exchange exchange = new(stream);
            stream.Owner = exchange;
            if (endStream)
            {
                exchange.Content.AddRange(head);
                _ready.Add(exchange);
            }
        }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> content, bool endStream)
        {
            Exchange exchange = (Exchange)stream.Owner!;
            exchange.Content.AddRange(content);
            _connection.Consumed(stream, content.Length);
            if (endStream)
            {
                _ready.Add(exchange);
            }
        }

        public void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) => throw new NotSupportedException();

        public void OnHeadTooLarge(Http2Stream stream, bool endStream) => throw new NotSupportedException();

        public void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section) => throw new NotSupportedException();

        public void OnReset(Http2Stream stream, Http2ErrorCode code, Http2Error reason) => throw new NotSupportedException();

        public void OnStreamClosed(Http2Stream stream) => _ready.Remove((Exchange)stream.Owner!);

        public void OnSendWindow(Http2Stream stream)
        {
        }

        public void OnGoAway(int lastStreamId, Http2ErrorCode code)
        {
        }

        public void OnRefused(int streamId, Http2Error reason) => throw new NotSupportedException();

        public void OnSettings()
        {
        }

        public void OnPong(ulong payload)
        {
        }

        private void Send(Exchange exchange)
        {
            Http2Stream stream = exchange.Stream;
            if (exchange.Sent < 0)
            {
                Keep(_connection.WriteHead(stream, "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n"u8, endStream: false, _buffer));
                exchange.Sent = 0;
            }

            int consumed = 1;
            while (exchange.Sent < exchange.Content.Count && consumed > 0)
            {
                ReadOnlySpan<byte> left = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(exchange.Content)[exchange.Sent..];
                Keep(_connection.WriteData(stream, left, endStream: false, _buffer, out consumed));
                exchange.Sent += consumed;
            }

            if (exchange.Sent == exchange.Content.Count)
            {
                Keep(_connection.WriteTrailers(stream, Bytes.Of($"x-sum: {exchange.Sent}\r\n\r\n"), _buffer));
            }
        }

        private void Keep(int length)
        {
            if (length > 0)
            {
                _output.Writer.TryWrite(_buffer[..length]);
            }
        }

        private sealed class Exchange(Http2Stream stream)
        {
            public Http2Stream Stream { get; } = stream;

            public List<byte> Content { get; } = [];

            public int Sent { get; set; } = -1;
        }
    }
}
