namespace Atlas.Core.Configuration;

/// <summary>Which connection a request goes over that must not be sent twice.</summary>
public enum ConnectionReuse
{
    /// <summary>A kept one, as any other request.</summary>
    Reuse,

    /// <summary>A new one, so that it cannot meet the server's closing of a kept one.</summary>
    Fresh,
}
