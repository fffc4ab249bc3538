namespace Atlas.Protocols.ProxyProtocol;

/// <summary>What a version 2 header says besides the addresses. What is empty is left out.</summary>
public readonly ref struct ProxyOutgoingTlvs
{
    /// <summary>The application protocol of the client's connection, such as <c>h2</c>.</summary>
    public ReadOnlySpan<byte> Alpn { get; init; }

    /// <summary>The host name that the client asked for.</summary>
    public ReadOnlySpan<byte> Authority { get; init; }

    /// <summary>What this proxy calls the connection, at most <see cref="ProxyTlvs.MaxUniqueId"/> bytes.</summary>
    public ReadOnlySpan<byte> UniqueId { get; init; }

    /// <summary>Whether the client spoke TLS to this proxy; the members below are left out otherwise.</summary>
    public bool HasSsl { get; init; }

    /// <summary>The certificate bits of <see cref="ProxySsl.ClientFlags"/>; that the client spoke TLS is added.</summary>
    public byte SslClientFlags { get; init; }

    /// <summary>0 if the client showed a certificate and it was found good, else any other number.</summary>
    public uint SslVerify { get; init; }

    /// <summary>The TLS version, such as <c>TLSv1.3</c>.</summary>
    public ReadOnlySpan<byte> SslVersion { get; init; }

    /// <summary>The common name of the client's certificate, in UTF-8.</summary>
    public ReadOnlySpan<byte> SslCommonName { get; init; }

    /// <summary>The cipher, such as <c>TLS_AES_128_GCM_SHA256</c>.</summary>
    public ReadOnlySpan<byte> SslCipher { get; init; }

    /// <summary>Whether the header gets a checksum.</summary>
    public bool HasChecksum { get; init; }
}
