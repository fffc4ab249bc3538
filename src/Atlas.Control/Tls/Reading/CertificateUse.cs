namespace Atlas.Control.Tls.Reading;

/// <summary>Who shows a certificate.</summary>
internal enum CertificateUse
{
    /// <summary>Atlas to its clients.</summary>
    Server,

    /// <summary>Atlas to servers.</summary>
    Client,
}
