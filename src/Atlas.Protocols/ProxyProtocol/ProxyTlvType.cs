namespace Atlas.Protocols.ProxyProtocol;

/// <summary>Types of TLVs (PROXY protocol 2.2), and of those inside the one on TLS.</summary>
internal static class ProxyTlvType
{
    internal const byte Alpn = 0x01;
    internal const byte Authority = 0x02;
    internal const byte Crc32C = 0x03;
    internal const byte Noop = 0x04;
    internal const byte UniqueId = 0x05;
    internal const byte Ssl = 0x20;
    internal const byte SslVersion = 0x21;
    internal const byte SslCommonName = 0x22;
    internal const byte SslCipher = 0x23;
    internal const byte SslSignatureAlgorithm = 0x24;
    internal const byte SslKeyAlgorithm = 0x25;
    internal const byte NetworkNamespace = 0x30;

    // AWS's own: a byte that says what follows, 1 for the id of a VPC endpoint.
    internal const byte Aws = 0xEA;
    internal const byte AwsVpcEndpointId = 0x01;
}
