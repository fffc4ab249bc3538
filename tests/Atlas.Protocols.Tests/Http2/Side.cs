using Atlas.Protocols.Http2;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>One side of a connection, what it was told and what it sends.</summary>
internal sealed class Side
{
    private readonly byte[] _buffer = new byte[131_072];
    private byte[] _pending = [];

    public Side(Http2Role role, Http2Limits? limits = null, Http2Memory? memory = null)
    {
        Connection = new Http2Connection(role, Recorder, memory ?? new Http2Memory(limits ?? Http2Limits.Default));
        Recorder.Connection = Connection;
    }

    public Http2Connection Connection { get; }

    public Recorder Recorder { get; } = new();

    /// <summary>What was sent since it was looked at last.</summary>
    public List<byte> Output { get; } = [];

    public long NowMs { get; set; } = 1_000_000;

    /// <summary>What was told, joined.</summary>
    public string Events => string.Join(" | ", Recorder.Events);

    /// <summary>A server that the client's preface has reached, with what it says at the beginning out of the way.</summary>
    public static Side Server(Http2Limits? limits = null, params (int Setting, uint Value)[] settings)
    {
        Side side = new(Http2Role.Server, limits);
        side.Feed([.. Http2Connection.Preface, .. Frames.Settings(settings), .. Frames.SettingsAck]);
        side.Sent();
        return side;
    }

    /// <summary>A client that the server's settings have reached, likewise.</summary>
    public static Side Client(Http2Limits? limits = null, params (int Setting, uint Value)[] settings)
    {
        Side side = new(Http2Role.Client, limits);
        side.Feed([.. Frames.Settings(settings), .. Frames.SettingsAck]);
        side.Sent();
        return side;
    }

    public void Feed(params byte[][] frames)
    {
        foreach (byte[] bytes in frames)
        {
            _pending = [.. _pending, .. bytes];
            int used = Connection.Receive(_pending, NowMs);
            _pending = _pending[used..];
            if (Connection.Error == Http2Error.None)
            {
                _pending.Length.ShouldBeLessThan(400);
            }
        }
    }

    /// <summary>Feeds the parts of the bytes that end where the numbers say.</summary>
    public void Feed(byte[] bytes, IEnumerable<int> ends)
    {
        int start = 0;
        foreach (int end in ends)
        {
            Feed(bytes[start..end]);
            start = end;
        }
    }

    /// <summary>Takes what there is to send, as text.</summary>
    public string Sent() => Frames.Describe(TakeOutput());

    public byte[] TakeOutput()
    {
        TakeControl();
        byte[] output = [.. Output];
        Output.Clear();
        return output;
    }

    public int Head(Http2Stream stream, string head, bool end = false)
    {
        TakeControl();
        return Keep(Connection.WriteHead(stream, Bytes.Of(head), end, _buffer));
    }

    public int Trailers(Http2Stream stream, string section)
    {
        TakeControl();
        return Keep(Connection.WriteTrailers(stream, Bytes.Of(section), _buffer));
    }

    /// <summary>Writes content; how much of it was taken.</summary>
    public int Data(Http2Stream stream, string content, bool end = true, int room = 131_072)
    {
        TakeControl();
        Keep(Connection.WriteData(stream, Bytes.Of(content), end, _buffer.AsSpan(0, room), out int consumed));
        return consumed;
    }

    /// <summary>Answers a request with an empty 200.</summary>
    public void Answer(Http2Stream stream) => Head(stream, "HTTP/1.1 200 OK\r\n\r\n", end: true);

    public Http2Stream Request(string head = "GET / HTTP/1.1\r\nhost: a\r\n\r\n", bool end = true)
    {
        Connection.TryOpen(out Http2Stream? stream).ShouldBeTrue();
        Head(stream, head, end).ShouldBeGreaterThan(0);
        return stream;
    }

    private int Keep(int written)
    {
        Output.AddRange(_buffer[..Math.Max(written, 0)]);
        return written;
    }

    private void TakeControl()
    {
        // What may wait, and the room for the last GOAWAY.
        byte[] buffer = new byte[Http2Limits.Default.ControlBytes + 256];
        Output.AddRange(buffer[..Connection.TakeControl(buffer)]);
        Connection.HasControl.ShouldBeFalse();
    }
}
