namespace Atlas.Protocols.Tls;

/// <summary>What is wrong with a ClientHello: one name per cause.</summary>
public enum ClientHelloError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>A record within the hello that is not one of the handshake, or not of TLS.</summary>
    UnexpectedRecord,

    /// <summary>A record without content (RFC 8446 5.1).</summary>
    EmptyRecord,

    /// <summary>A record with more than 2^14 bytes (RFC 8446 5.1).</summary>
    RecordTooLong,

    /// <summary>The first handshake message is not a ClientHello.</summary>
    NotClientHello,

    /// <summary>The record that the hello ends in goes on after it.</summary>
    BytesAfterHello,

    /// <summary>A length within the hello that does not fit what it is in.</summary>
    InvalidLength,

    /// <summary>A version that is not of TLS.</summary>
    InvalidVersion,

    /// <summary>The compression methods do not have "none".</summary>
    InvalidCompression,

    /// <summary>The same extension twice (RFC 8446 4.2).</summary>
    DuplicateExtension,

    /// <summary>An extension after the pre-shared keys (RFC 8446 4.2.11).</summary>
    ExtensionAfterPreSharedKey,

    /// <summary>A server name extension that is not exactly one host name (RFC 6066 3).</summary>
    InvalidServerNameList,

    /// <summary>A server name that is no host name: an address, a final dot, or bytes that no host name has.</summary>
    InvalidServerName,

    /// <summary>A list of application protocols that is empty or has an empty one (RFC 7301 3.1).</summary>
    InvalidAlpn,

    /// <summary>A list of versions that is empty, or has no version of TLS.</summary>
    InvalidSupportedVersions,
}
