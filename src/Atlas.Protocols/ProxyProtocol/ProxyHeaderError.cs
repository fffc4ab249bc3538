namespace Atlas.Protocols.ProxyProtocol;

/// <summary>Why a PROXY protocol header was refused: one name per cause.</summary>
public enum ProxyHeaderError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The first bytes begin neither version 1 nor version 2.</summary>
    NotProxyHeader,

    /// <summary>No CRLF within the 107 bytes of version 1, or a version 2 longer than the limit.</summary>
    TooLong,

    /// <summary>A CR or LF in version 1 that is no part of the CRLF at its end.</summary>
    InvalidLineEnd,

    /// <summary>A protocol in version 1 other than TCP4, TCP6 and UNKNOWN.</summary>
    UnknownProtocol,

    /// <summary>Version 1 has not exactly two addresses and two ports with one space between each.</summary>
    InvalidFieldCount,

    /// <summary>An address in version 1 that is none of its family, or not written in the one canonical way.</summary>
    InvalidAddress,

    /// <summary>A port in version 1 that is no decimal number from 0 to 65535 without leading zeros.</summary>
    InvalidPort,

    /// <summary>The signature of version 2 with another version after it.</summary>
    UnknownVersion,

    /// <summary>A command other than LOCAL and PROXY.</summary>
    UnknownCommand,

    /// <summary>An address family, a transport or a pair of them that version 2 does not define.</summary>
    UnknownFamily,

    /// <summary>The length of version 2 does not cover the addresses of its family.</summary>
    TooShort,

    /// <summary>A TLV that ends beyond what it is in, or is cut within its type and length.</summary>
    TruncatedTlv,

    /// <summary>A TLV with a length that its type cannot have.</summary>
    InvalidTlvLength,

    /// <summary>A TLV that may come once came twice.</summary>
    DuplicateTlv,

    /// <summary>The checksum does not fit the header.</summary>
    WrongChecksum,
}
