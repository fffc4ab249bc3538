namespace Atlas.Protocols.Http2;

/// <summary>Which side of a connection this is.</summary>
public enum Http2Role : byte
{
    /// <summary>It receives requests.</summary>
    Server,

    /// <summary>It sends requests.</summary>
    Client,
}
