using Atlas.Protocols.Http2;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>A handler that writes down what it is told.</summary>
internal sealed class Recorder : IHttp2Handler
{
    public List<string> Events { get; } = [];

    public Dictionary<int, Http2Stream> Streams { get; } = [];

    public Dictionary<int, string> Contents { get; } = [];

    /// <summary>The head that was told last.</summary>
    public string Head { get; private set; } = "";

    public string Trailers { get; private set; } = "";

    /// <summary>Whether content is consumed as soon as it comes.</summary>
    public bool Consumes { get; set; } = true;

    /// <summary>What is done at the end of a request or response.</summary>
    public Action<Http2Stream>? Ended { get; set; }

    public Action<Http2Stream>? Began { get; set; }

    public Action<Http2Stream>? Opened { get; set; }

    public Http2Connection Connection { get; set; } = null!;

    public void OnRequest(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) => Begin("request", stream, head, endStream);

    public void OnResponse(Http2Stream stream, ReadOnlySpan<byte> head, bool endStream) => Begin("response", stream, head, endStream);

    public void OnHeadTooLarge(Http2Stream stream, bool endStream) => Begin("too large", stream, default, endStream);

    public void OnData(Http2Stream stream, ReadOnlySpan<byte> content, bool endStream)
    {
        Contents[stream.Id] = Contents.GetValueOrDefault(stream.Id, "") + Bytes.Text(content);
        if (content.IsEmpty)
        {
            endStream.ShouldBeTrue();
        }

        if (Consumes)
        {
            Connection.Consumed(stream, content.Length);
        }

        if (endStream)
        {
            Events.Add($"end {stream.Id} {Contents[stream.Id].Length}");
            Ended?.Invoke(stream);
        }
    }

    public void OnTrailers(Http2Stream stream, ReadOnlySpan<byte> section)
    {
        Trailers = Bytes.Text(section);
        Events.Add($"trailers {stream.Id}");
        Ended?.Invoke(stream);
    }

    public void OnReset(Http2Stream stream, Http2ErrorCode code, Http2Error reason)
    {
        stream.IsClosed.ShouldBeTrue();
        Events.Add($"reset {stream.Id} {code} {reason}");
    }

    public void OnStreamClosed(Http2Stream stream)
    {
        stream.IsClosed.ShouldBeTrue();
        Events.Add($"closed {stream.Id}");
        Streams.Remove(stream.Id);
    }

    public void OnSendWindow(Http2Stream stream)
    {
        Events.Add($"window {stream.Id}");
        Opened?.Invoke(stream);
    }

    public void OnGoAway(int lastStreamId, Http2ErrorCode code) => Events.Add($"goaway {lastStreamId} {code}");

    public void OnRefused(int streamId, Http2Error reason) => Events.Add($"refused {streamId} {reason}");

    public void OnSettings()
    {
    }

    public void OnPong(ulong payload) => Events.Add($"pong {payload}");

    private void Begin(string kind, Http2Stream stream, ReadOnlySpan<byte> head, bool endStream)
    {
        Head = Bytes.Text(head);
        Streams[stream.Id] = stream;
        Events.Add($"{kind} {stream.Id}{(endStream ? " end" : "")}");
        Began?.Invoke(stream);
        if (endStream)
        {
            Ended?.Invoke(stream);
        }
    }
}
