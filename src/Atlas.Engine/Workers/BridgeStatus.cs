namespace Atlas.Engine.Workers;

/// <summary>How a call through the <see cref="Bridge"/> ended.</summary>
public enum BridgeStatus : byte
{
    /// <summary>The work ended and its value is there.</summary>
    Done,

    /// <summary>The work threw, or was cancelled by somebody else than the bridge.</summary>
    Failed,

    /// <summary>The deadline passed first. The work was asked to stop, and what it still does reaches nobody.</summary>
    TimedOut,

    /// <summary>Too many calls of this loop are under way: the work was not begun.</summary>
    Refused,

    /// <summary>The loop ends.</summary>
    Ended,
}
