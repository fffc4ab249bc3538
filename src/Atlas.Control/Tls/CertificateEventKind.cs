namespace Atlas.Control.Tls;

/// <summary>What happened to a certificate.</summary>
public enum CertificateEventKind
{
    /// <summary>Its files changed, and what is in them is in force.</summary>
    Renewed,

    /// <summary>Its files changed, but cannot be used: what was in them before stays in force.</summary>
    Kept,

    /// <summary>Its files can be used again, and have what is in force.</summary>
    Restored,

    /// <summary>Its time is nearly over.</summary>
    Expiring,

    /// <summary>Its time is over.</summary>
    Expired,
}
