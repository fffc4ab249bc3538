namespace Atlas.Core.Configuration;

/// <summary>A version of TLS. Older ones are not spoken (RFC 8996).</summary>
public enum TlsVersion
{
    /// <summary>RFC 5246.</summary>
    Tls12,

    /// <summary>RFC 8446.</summary>
    Tls13,
}
