namespace Atlas.Engine.Tls;

/// <summary>A version of TLS; older ones are not spoken.</summary>
public enum TlsVersion : byte
{
    /// <summary>TLS 1.2 (RFC 5246).</summary>
    Tls12,

    /// <summary>TLS 1.3 (RFC 8446).</summary>
    Tls13,
}
