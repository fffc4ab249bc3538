namespace Atlas.Protocols.Http2;

/// <summary>What to log for an <see cref="Http2Flood"/>.</summary>
public static class Http2Floods
{
    /// <summary>A short English text for logs.</summary>
    public static string Text(this Http2Flood flood) => flood switch
    {
        Http2Flood.None => "no flood",
        Http2Flood.PeerResets => "too many streams reset",
        Http2Flood.OwnResets => "too many streams with errors",
        Http2Flood.Pings => "too many PING frames",
        Http2Flood.Settings => "too many settings",
        Http2Flood.Continuations => "too many CONTINUATION frames",
        Http2Flood.BlockBytes => "header block too large",
        Http2Flood.EmptyFrames => "too many empty frames",
        Http2Flood.WindowUpdates => "too many WINDOW_UPDATE frames",
        Http2Flood.SmallWindows => "windows too small for too long",
        Http2Flood.Priorities => "too many PRIORITY frames",
        Http2Flood.IgnoredFrames => "too many frames without a meaning",
        Http2Flood.ControlOverflow => "answers not read",
        Http2Flood.BlockMemory => "too many header blocks that came in part",
        Http2Flood.ClientResets => "too many streams reset on all connections together",
        _ => "unknown flood",
    };
}
