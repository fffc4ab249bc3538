namespace Atlas.Protocols.Http2;

/// <summary>
/// How much a connection accepts of its peer. All connections of a worker share one object. What is counted in a period is
/// counted from the first of its kind: the period begins anew with the first that comes after its end.
/// </summary>
public sealed record Http2Limits
{
    /// <summary>The largest frame that is accepted: SETTINGS_MAX_FRAME_SIZE, whose initial value is kept (RFC 9113 6.5.2).</summary>
    public const int FrameBytes = 16384;

    /// <summary>The window that every connection and stream begins with (RFC 9113 6.9.2).</summary>
    public const int FirstWindow = 65535;

    /// <summary>What the limits are where nothing else is said.</summary>
    public static Http2Limits Default { get; } = new();

    /// <summary>Streams at a time: SETTINGS_MAX_CONCURRENT_STREAMS, and what is opened at most. Default 100, as RFC 9113
    /// recommends as the least.</summary>
    public int Streams { get; init; } = 100;

    /// <summary>The window of a stream in bytes: SETTINGS_INITIAL_WINDOW_SIZE. At least <see cref="FirstWindow"/>, since a
    /// peer may send as much before it knows. Default 256 KiB.</summary>
    public int StreamWindow { get; init; } = 262_144;

    /// <summary>The window of a connection in bytes. At least <see cref="FirstWindow"/>. Default 1 MiB.</summary>
    public int ConnectionWindow { get; init; } = 1_048_576;

    /// <summary>What the fields of a head may count together: SETTINGS_MAX_HEADER_LIST_SIZE. Default 64 KiB, as in
    /// HTTP/1.1.</summary>
    public int HeaderListBytes { get; init; } = 65_536;

    /// <summary>Fields of a head, all cookies being one. Default 128, as in HTTP/1.1.</summary>
    public int HeaderCount { get; init; } = 128;

    /// <summary>Bytes of a header block in all its frames, with padding. Default 64 KiB.</summary>
    public int BlockBytes { get; init; } = 65_536;

    /// <summary>CONTINUATION frames of a block. Default 8.</summary>
    public int ContinuationFrames { get; init; } = 8;

    /// <summary>Streams that the peer resets in <see cref="ResetPeriodMs"/>, beside one for each that was served
    /// (<see cref="Http2Stream.IsServed"/>) and ended in order. Default 100.</summary>
    public int PeerResets { get; init; } = 100;

    /// <summary>Streams that are reset or refused because of what the peer sent in <see cref="ResetPeriodMs"/>. Default
    /// 100.</summary>
    public int OwnResets { get; init; } = 100;

    /// <summary>For how many of <see cref="OwnResets"/> a client's frame counts that is wrong by itself: its length, an update of a window
    /// by nothing or too much, content beyond the window or after the end. Requests may be malformed by their author's mistake;
    /// those are made by a library, or to cause work. Default 10.</summary>
    public int FrameErrorWeight { get; init; } = 10;

    /// <summary>Resets that are not counted, as many streams having been served before, are at most these in a row. Default
    /// 1,000: what a busy client of gRPC cancels when it gives up a batch.</summary>
    public int ResetCredit { get; init; } = 1000;

    /// <summary>The period in which resets are counted. Default 10 s.</summary>
    public int ResetPeriodMs { get; init; } = 10_000;

    /// <summary>PING frames in a second, and one more for each DATA frame that was sent in it: some clients measure the path
    /// with one while they receive. Default 20.</summary>
    public int PingsPerSecond { get; init; } = 20;

    /// <summary>SETTINGS frames in a second. Default 20.</summary>
    public int SettingsPerSecond { get; init; } = 20;

    /// <summary>Settings in a frame; more than are defined anywhere. Default 64.</summary>
    public int SettingsPerFrame { get; init; } = 64;

    /// <summary>Frames in 10 s that hold nothing and end nothing: DATA without content, and parts of a block without a
    /// byte. Default 100.</summary>
    public int EmptyFrames { get; init; } = 100;

    /// <summary>WINDOW_UPDATE frames for each DATA frame that was sent, and for each stream, beside the first
    /// <see cref="FreeWindowUpdates"/>. Default 10, as in Envoy.</summary>
    public int WindowUpdatesPerFrame { get; init; } = 10;

    /// <summary>WINDOW_UPDATE frames that are free. Default 100.</summary>
    public int FreeWindowUpdates { get; init; } = 100;

    /// <summary>DATA frames below 256 bytes that a window made so small, beside one for each 4 KiB that was sent. Default
    /// 100.</summary>
    public int SmallFrames { get; init; } = 100;

    /// <summary>PRIORITY and PRIORITY_UPDATE frames for each stream, the one to come included. Default 100, as in
    /// Envoy.</summary>
    public int PrioritiesPerStream { get; init; } = 100;

    /// <summary>Frames in 10 s that mean nothing here: of unknown types, on streams that ended, answers to nothing; and one more
    /// for each stream that began in them, since streams end while frames are on their way. Default 1000.</summary>
    public int IgnoredFrames { get; init; } = 1000;

    /// <summary>Bytes of frames of the connection's own that wait to be sent. Default 8 KiB.</summary>
    public int ControlBytes { get; init; } = 8192;

    /// <summary>Streams whose end is remembered, of those that were reset here, so that frames that were on their way are let
    /// pass. Default 128.</summary>
    public int RememberedStreams { get; init; } = 128;
}
