namespace Atlas.Core.HighAvailability;

/// <summary>What becomes of an answer under a limit.</summary>
public enum ResponseVerdict
{
    /// <summary>It is sent.</summary>
    Send,

    /// <summary>In its place goes one that is truncated, and no larger than the question: a client that is there asks over TCP. An error,
    /// which has nothing to truncate, is sent.</summary>
    Truncate,

    /// <summary>It is not sent.</summary>
    Drop,
}
