namespace Atlas.Protocols.Tls;

/// <summary>Numbers of extensions of a ClientHello (IANA, "TLS ExtensionType Values").</summary>
internal static class TlsExtension
{
    internal const ushort ServerName = 0;
    internal const ushort Alpn = 16;
    internal const ushort SessionTicket = 35;
    internal const ushort PreSharedKey = 41;
    internal const ushort SupportedVersions = 43;
    internal const ushort EncryptedClientHello = 0xFE0D;
}
