namespace Atlas.Engine.Tls;

/// <summary>Why a server's certificate was not accepted, of the reasons that its operator can tell apart.</summary>
public enum TlsCertificateFault : byte
{
    /// <summary>It was.</summary>
    None,

    /// <summary>No authority that is believed signed it, or the chain to it has a gap.</summary>
    UnknownAuthority,

    /// <summary>It is for another name or address.</summary>
    OtherName,

    /// <summary>Its time, or that of one above it, is over.</summary>
    Expired,

    /// <summary>Its time, or that of one above it, has not begun.</summary>
    Early,

    /// <summary>Something else, which the text of the handshake says.</summary>
    Other,
}
