using Atlas.Protocols.Http2;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>
/// One side of a simulated connection: sends messages as windows and room allow, and takes those that come at its own pace. A
/// server echoes.
/// </summary>
internal sealed class Talker : IHttp2Handler
{
    private readonly Random _random;
    private readonly List<byte> _received = [];
    private readonly List<Message> _sending = [];
    private byte[] _pending = [];

    public Talker(Http2Role role, Http2Limits limits, Random random)
    {
        _random = random;
        Connection = new Http2Connection(role, this, new Http2Memory(limits));
        Limits = limits;
    }

    public Http2Connection Connection { get; }

    public Http2Limits Limits { get; }

    public List<Message> Done { get; } = [];

    public int Resets { get; private set; }

    public int Pongs { get; private set; }

    public bool HasWork => _sending.Count > 0 || Connection.StreamCount > 0 || _received.Count > 0 || Connection.HasControl;

    public bool TrySend(Message message)
    {
        if (!Connection.TryOpen(out Http2Stream? stream))
        {
            return false;
        }

        stream.Owner = message;
        message.Stream = stream;
        _sending.Add(message);
        return true;
    }

    /// <summary>Sends what goes into so much room.</summary>
    public void Pump(int room, Talker other)
    {
        byte[] buffer = new byte[room];
        int length = Connection.TakeControl(buffer);
        foreach (Message message in _sending.ToArray())
        {
            length += Write(message, buffer.AsSpan(length));
        }

        other._received.AddRange(buffer.AsSpan(0, length));
    }

    /// <summary>Takes so many of the bytes that came.</summary>
    public void Take(int count)
    {
        count = Math.Min(count, _received.Count);
        byte[] all = [.. _pending, .. _received[..count]];
        _received.RemoveRange(0, count);
        _pending = all[Connection.Receive(all, 0)..];
        Connection.Error.ShouldBe(Http2Error.None);
    }

    /// <summary>Consumes some of what came on each stream.</summary>
    public void Consume(IEnumerable<Message> messages)
    {
        foreach (Message message in messages)
        {
            int count = _random.Next(message.Unconsumed + 1);
            message.Unconsumed -= count;
            if (message.Stream is { IsClosed: false } stream)
            {
                Connection.Consumed(stream, count);
            }
        }
    }

    public void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
    {
        Message message = new() { Stream = stream, ReceivedHead = Bytes.Text(head) };
        stream.Owner = message;
        Done.Add(message);
        if (endStream)
        {
            Answer(message);
        }
    }

    public void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) =>
        Owner(stream).ReceivedHead += Bytes.Text(head);

    public void OnHeadTooLarge(Http2Stream stream, bool endStream) => throw new InvalidOperationException();

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> content, bool endStream)
    {
        Message message = Owner(stream);
        message.Received.AddRange(content);
        message.Unconsumed += content.Length;
        message.Unconsumed.ShouldBeLessThanOrEqualTo(Limits.StreamWindow);
        if (endStream)
        {
            Answer(message);
        }
    }

    public void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section)
    {
        Owner(stream).ReceivedTrailers = Bytes.Text(section);
        Answer(Owner(stream));
    }

    public void OnReset(Http2Stream stream, Http2ErrorCode code, Http2Error reason)
    {
        reason.ShouldBe(Http2Error.None);
        Resets++;
    }

    public void OnStreamClosed(Http2Stream stream)
    {
        Owner(stream).Stream = null;
        _sending.Remove(Owner(stream));
    }

    public void OnSendWindow(Http2Stream stream) => stream.IsBlocked.ShouldBeFalse();

    public void OnGoAway(int lastStreamId, Http2ErrorCode code) => throw new InvalidOperationException();

    public void OnRefused(int streamId, Http2Error reason) => throw new InvalidOperationException(reason.Text());

    public void OnSettings()
    {
    }

    public void OnPong(ulong payload) => Pongs++;

    private static Message Owner(Http2Stream stream) => (Message)stream.Owner!;

    // A server sends back what it got, with an interim response before.
    private void Answer(Message message)
    {
        if (message.Head.Length > 0)
        {
            return;
        }

        message.Head = "HTTP/1.1 200 OK\r\nx-echo: " + message.ReceivedHead.Length + "\r\n\r\n";
        message.Interim = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
        message.Body = [.. message.Received];
        message.TrailerText = message.ReceivedTrailers;
        _sending.Add(message);
    }

    private int Write(Message message, Span<byte> buffer)
    {
        Http2Stream stream = message.Stream!;
        int length = 0;
        if (message.Interim.Length > 0)
        {
            int written = Connection.WriteHead(stream, Bytes.Of(message.Interim), endStream: false, buffer);
            if (written == Http2Connection.NoRoom)
            {
                return 0;
            }

            message.Interim = "";
            length += written;
        }

        bool hasBody = message.Body.Length > 0;
        bool hasTrailers = message.TrailerText.Length > 0;
        if (!message.HeadSent)
        {
            int written = Connection.WriteHead(stream, Bytes.Of(message.Head), !hasBody && !hasTrailers, buffer[length..]);
            if (written == Http2Connection.NoRoom)
            {
                return length;
            }

            message.HeadSent = true;
            length += written;
        }

        if (message.Stream is not null && message.Sent < message.Body.Length)
        {
            length += Connection.WriteData(stream, message.Body.AsSpan(message.Sent), !hasTrailers, buffer[length..], out int consumed);
            message.Sent += consumed;
        }

        if (message.Stream is not null && hasTrailers && message.Sent == message.Body.Length)
        {
            int written = Connection.WriteTrailers(stream, Bytes.Of(message.TrailerText), buffer[length..]);
            length += Math.Max(written, 0);
        }

        return length;
    }

    internal sealed class Message
    {
        public string Interim { get; set; } = "";

        public string Head { get; set; } = "";

        public byte[] Body { get; set; } = [];

        public string TrailerText { get; set; } = "";

        public int Sent { get; set; }

        public bool HeadSent { get; set; }

        public Http2Stream? Stream { get; set; }

        public string ReceivedHead { get; set; } = "";

        public List<byte> Received { get; } = [];

        public string ReceivedTrailers { get; set; } = "";

        public int Unconsumed { get; set; }
    }
}
