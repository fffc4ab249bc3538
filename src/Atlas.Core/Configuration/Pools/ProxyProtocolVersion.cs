namespace Atlas.Core.Configuration;

/// <summary>The PROXY protocol header that connections to servers open with.</summary>
public enum ProxyProtocolVersion
{
    /// <summary>No header.</summary>
    None,

    /// <summary>Version 1, text.</summary>
    V1,

    /// <summary>Version 2, binary.</summary>
    V2,
}
