using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Tests.Http2;

/// <summary>A request that came to a <see cref="FramePeer"/>.</summary>
internal sealed class FrameRequest(Http2Stream frames, string head)
{
    internal Http2Stream Frames { get; } = frames;

    internal int Id { get; } = frames.Id;

    internal string Head { get; } = head;

    internal string Target => Head.Split(' ')[1];

    internal string Body { get; set; } = "";

    internal string Trailers { get; set; } = "";

    internal bool IsWhole { get; set; }

    internal Action<string, bool>? OnContent { get; set; }
}
