using Atlas.Protocols.Http2;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>Once tables, buffers and streams are there, requests and responses allocate nothing on either side.</summary>
public sealed class Http2AllocationTests
{
    private static readonly byte[] Request = Bytes.Of(
        "POST /path?query HTTP/1.1\r\nhost: example.com\r\nuser-agent: test\r\naccept: */*\r\nx-forwarded-for: 10.0.0.1\r\n"
        + "content-length: 5\r\n\r\n");

    private static readonly byte[] Response = Bytes.Of(
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ndate: Mon, 21 Oct 2013 20:13:21 GMT\r\ncontent-length: 5\r\n"
        + "set-cookie: session=0123456789abcdef0123456789\r\nx-unknown: value\r\n\r\n");

    private static readonly byte[] Content = Bytes.Of("hello");

    private static readonly byte[] Trailers = Bytes.Of("grpc-status: 0\r\n\r\n");

    private readonly byte[] _toServer = new byte[65536];
    private readonly byte[] _toClient = new byte[65536];

    [Fact]
    public void Exchange_InSteadyState_AllocatesNothing()
    {
        Silent clientHandler = new();
        Silent serverHandler = new();
        Http2Memory memory = new(Http2Limits.Default);
        Http2Connection client = new(Http2Role.Client, clientHandler, memory);
        Http2Connection server = new(Http2Role.Server, serverHandler, memory);
        serverHandler.Connection = server;
        clientHandler.Connection = client;
        for (int i = 0; i < 1000; i++)
        {
            Exchange(i);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5000; i++)
        {
            Exchange(i);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        serverHandler.Ends.ShouldBe(12_000);
        clientHandler.Ends.ShouldBe(12_000);
        client.Error.ShouldBe(Http2Error.None);
        server.Error.ShouldBe(Http2Error.None);

        // Two requests at a time; the bytes of one come in two pieces, so that a block is put together.
        void Exchange(int round)
        {
            int length = client.TakeControl(_toServer);
            for (int i = 0; i < 2; i++)
            {
                client.TryOpen(out Http2Stream? stream);
                length += client.WriteHead(stream!, Request, endStream: false, _toServer.AsSpan(length));
                length += client.WriteData(stream!, Content, endStream: true, _toServer.AsSpan(length), out _);
            }

            int cut = Math.Min(length, 20);
            int used = server.Receive(_toServer.AsSpan(0, cut), round);
            server.Receive(_toServer.AsSpan(used, length - used), round);
            length = server.TakeControl(_toClient);
            while (serverHandler.Ended.TryDequeue(out Http2Stream? stream))
            {
                length += server.WriteHead(stream, Response, endStream: false, _toClient.AsSpan(length));
                length += server.WriteData(stream, Content, endStream: false, _toClient.AsSpan(length), out _);
                length += server.WriteTrailers(stream, Trailers, _toClient.AsSpan(length));
            }

            client.Receive(_toClient.AsSpan(0, length), round);
        }
    }

    [Fact]
    public void Refusals_InSteadyState_AllocateNothing()
    {
        Http2Limits limits = Http2Limits.Default with { OwnResets = int.MaxValue, PeerResets = int.MaxValue };
        Http2Connection server = new(Http2Role.Server, new Silent(), new Http2Memory(limits));
        server.Receive([.. Http2Connection.Preface, .. Settings()], 0);
        byte[] malformed = Headers(1, Block((":method", "G T")));
        byte[] reset = [.. Headers(1, Frames.Get, EndHeaders), .. Reset(1)];
        int id = 1;
        for (int i = 0; i < 200; i++)
        {
            Refuse();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5000; i++)
        {
            Refuse();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        server.Error.ShouldBe(Http2Error.None);

        void Refuse()
        {
            Number(malformed, 0);
            server.Receive(malformed, 0);
            Number(reset, 0);
            Number(reset, reset.Length - 13);
            id += 2;
            server.Receive(reset, 0);
            server.TakeControl(_toClient);
            id += 2;
        }

        void Number(byte[] frame, int offset)
        {
            int number = ReferenceEquals(frame, malformed) ? id : id + 2;
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(offset + 5), number);
        }
    }

    private sealed class Silent : IHttp2Handler
    {
        public Queue<Http2Stream> Ended { get; } = new(16);

        public int Ends { get; private set; }

        public Http2Connection Connection { get; set; } = null!;

        public void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
        {
        }

        public void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
        {
        }

        public void OnHeadTooLarge(Http2Stream stream, bool endStream)
        {
        }

        public void OnData(Http2Stream stream, ReadOnlySpan<byte> content, bool endStream)
        {
            Connection.Consumed(stream, content.Length);
            if (endStream)
            {
                Ends++;
                Ended.Enqueue(stream);
            }
        }

        public void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section) => Ends++;

        public void OnReset(Http2Stream stream, Http2ErrorCode code, Http2Error reason)
        {
        }

        public void OnStreamClosed(Http2Stream stream)
        {
        }

        public void OnSendWindow(Http2Stream stream)
        {
        }

        public void OnGoAway(int lastStreamId, Http2ErrorCode code)
        {
        }

        public void OnRefused(int streamId, Http2Error reason)
        {
        }

        public void OnSettings()
        {
        }

        public void OnPong(ulong payload)
        {
        }
    }
}
