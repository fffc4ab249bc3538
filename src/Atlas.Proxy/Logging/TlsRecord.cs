namespace Atlas.Proxy.Logging;

/// <summary>The client's TLS as access logs tell it; all is empty where none ends here. Lent as the record that it is in.</summary>
public readonly ref struct TlsRecord
{
    /// <summary><c>TLSv1.2</c> or <c>TLSv1.3</c>, as OpenSSL, nginx and HAProxy write it.</summary>
    public ReadOnlySpan<byte> Version { get; init; }

    /// <summary>The cipher, by OpenSSL's name.</summary>
    public ReadOnlySpan<byte> Cipher { get; init; }

    /// <summary>The name that the client asked for (SNI).</summary>
    public ReadOnlySpan<byte> ServerName { get; init; }

    /// <summary>The protocol that was agreed on (ALPN).</summary>
    public ReadOnlySpan<byte> Protocol { get; init; }

    /// <summary>Whether an older session was resumed.</summary>
    public bool IsResumed { get; init; }

    /// <summary>What came of the client's certificate: <c>SUCCESS</c>, or <c>NONE</c> without one; empty where none is asked
    /// for.</summary>
    public ReadOnlySpan<byte> ClientVerify { get; init; }

    /// <summary>Its subject.</summary>
    public ReadOnlySpan<byte> ClientSubject { get; init; }
}
