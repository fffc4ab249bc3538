namespace Atlas.Protocols.Tls;

/// <summary>What to log for a <see cref="ClientHelloError"/>.</summary>
public static class ClientHelloErrors
{
    /// <summary>A short English text for logs. It holds nothing from the peer.</summary>
    public static string Text(this ClientHelloError error) => error switch
    {
        ClientHelloError.None => "no error",
        ClientHelloError.UnexpectedRecord => "record within the ClientHello that is not of the handshake",
        ClientHelloError.EmptyRecord => "empty record within the ClientHello",
        ClientHelloError.RecordTooLong => "TLS record too long",
        ClientHelloError.NotClientHello => "first TLS message is not a ClientHello",
        ClientHelloError.BytesAfterHello => "bytes after the ClientHello in its record",
        ClientHelloError.InvalidLength => "bad length in the ClientHello",
        ClientHelloError.InvalidVersion => "bad version in the ClientHello",
        ClientHelloError.InvalidCompression => "ClientHello without the compression method none",
        ClientHelloError.DuplicateExtension => "extension more than once in the ClientHello",
        ClientHelloError.ExtensionAfterPreSharedKey => "extension after the pre-shared keys of the ClientHello",
        ClientHelloError.InvalidServerNameList => "not exactly one host name in the ClientHello's server_name",
        ClientHelloError.InvalidServerName => "server name in the ClientHello is no host name",
        ClientHelloError.InvalidAlpn => "bad list of application protocols in the ClientHello",
        ClientHelloError.InvalidSupportedVersions => "bad list of versions in the ClientHello",
        _ => "unknown error",
    };
}
