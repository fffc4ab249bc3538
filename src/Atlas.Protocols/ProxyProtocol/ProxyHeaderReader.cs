using Atlas.Protocols.Http1;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>
/// Reads the header that a proxy puts before a connection's bytes (PROXY protocol, versions 1 and 2). It is strict where
/// readers differ: one spelling per header, every length exact. The result does not depend on how the bytes were split. It
/// keeps nothing between calls, since a header is short: a call looks at no more than 107 bytes of a version 1 that is not
/// complete, and at 16 of a version 2. Nothing is allocated.
/// </summary>
public static class ProxyHeaderReader
{
    /// <summary>The longest header in bytes. The protocol itself has 107 for version 1 and asks for at least 536 for version
    /// 2; this leaves room for a TLS client's certificate and is what proxies that bound it allow.</summary>
    public const int MaxLength = 4096;

    /// <summary>Reads as far as the bytes go.</summary>
    /// <param name="bytes">Everything received from the connection's first byte on. It may hold more than the header.</param>
    /// <param name="header">What it says, once the status is done.</param>
    /// <param name="error">Why it is refused, once the status is error.</param>
    public static ParseStatus Read(ReadOnlySpan<byte> bytes, out ProxyHeader header, out ProxyHeaderError error)
    {
        header = default;
        if (bytes.IsEmpty)
        {
            error = ProxyHeaderError.None;
            return ParseStatus.NeedMore;
        }

        int length = bytes[0] == BinaryHeaderReader.Signature[0]
            ? BinaryHeaderReader.Read(bytes, out header, out error)
            : TextHeaderReader.Read(bytes, out header, out error);
        return error != ProxyHeaderError.None ? ParseStatus.Error
            : length == 0 ? ParseStatus.NeedMore
            : ParseStatus.Done;
    }
}
