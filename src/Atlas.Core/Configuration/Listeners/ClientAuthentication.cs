namespace Atlas.Core.Configuration;

/// <summary>Whether clients must show a certificate.</summary>
public enum ClientAuthentication
{
    /// <summary>A handshake without one that an authority of the listener signed fails.</summary>
    Require,

    /// <summary>A client without one is served, one with another fails. Servers are told which it is.</summary>
    Optional,
}
