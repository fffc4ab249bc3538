namespace Atlas.Protocols.Http2;

/// <summary>By what a peer causes more work than <see cref="Http2Limits"/> allows.</summary>
public enum Http2Flood : byte
{
    /// <summary>By nothing.</summary>
    None,

    /// <summary>It resets too many of its streams (<see cref="Http2Limits.PeerResets"/>).</summary>
    PeerResets,

    /// <summary>It has too many of its streams reset, by errors of its own (<see cref="Http2Limits.OwnResets"/>).</summary>
    OwnResets,

    /// <summary>Too many PING frames (<see cref="Http2Limits.PingsPerSecond"/>).</summary>
    Pings,

    /// <summary>Too many SETTINGS frames, or settings in one (<see cref="Http2Limits.SettingsPerSecond"/>).</summary>
    Settings,

    /// <summary>Too many CONTINUATION frames in a block (<see cref="Http2Limits.ContinuationFrames"/>).</summary>
    Continuations,

    /// <summary>Too many bytes in a block (<see cref="Http2Limits.BlockBytes"/>), or one that stands for several times what a head may
    /// count (<see cref="Http2Limits.HeaderListBytes"/>).</summary>
    BlockBytes,

    /// <summary>Too many frames with nothing in them (<see cref="Http2Limits.EmptyFrames"/>).</summary>
    EmptyFrames,

    /// <summary>Too many WINDOW_UPDATE frames for what was sent (<see cref="Http2Limits.WindowUpdatesPerFrame"/>).</summary>
    WindowUpdates,

    /// <summary>Windows that let go a few bytes at a time (<see cref="Http2Limits.SmallFrames"/>).</summary>
    SmallWindows,

    /// <summary>Too many PRIORITY or PRIORITY_UPDATE frames (<see cref="Http2Limits.PrioritiesPerStream"/>).</summary>
    Priorities,

    /// <summary>Too many frames that mean nothing (<see cref="Http2Limits.IgnoredFrames"/>).</summary>
    IgnoredFrames,

    /// <summary>It does not read what it causes to be said (<see cref="Http2Limits.ControlBytes"/>).</summary>
    ControlOverflow,

    /// <summary>Too many bytes of blocks that came in part, over all connections (<see cref="Http2Memory.MaxBlocksBytes"/>).</summary>
    BlockMemory,

    /// <summary>Too many streams reset on all connections of the client together.</summary>
    ClientResets,
}
