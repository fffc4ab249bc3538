namespace Atlas.Core.Configuration;

/// <summary>What a client is known by.</summary>
public enum StickyKind
{
    /// <summary>A cookie that Atlas sets.</summary>
    Cookie,

    /// <summary>The client's address.</summary>
    Ip,

    /// <summary>The value of a header.</summary>
    Header,

    /// <summary>A cookie that the servers set.</summary>
    AppCookie,
}
