namespace Atlas.Control.Tls;

/// <summary>Where in its time a certificate is.</summary>
public enum CertificateState
{
    /// <summary>It is valid for more than <see cref="CertificateStatus.WarnsBefore"/>.</summary>
    Valid,

    /// <summary>It is valid, and not for long.</summary>
    Expiring,

    /// <summary>Its time is over: peers refuse it.</summary>
    Expired,

    /// <summary>Its time has not begun: peers refuse it.</summary>
    Early,
}
