using System.Buffers.Binary;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tls;

/// <summary>Reads the fields of a whole ClientHello (RFC 8446 4.1.2): each within the bounds of what it is in.</summary>
internal static class ClientHelloFields
{
    private const int RandomLength = 32;
    private const int MaxSessionIdLength = 32;
    private const int ExtensionTypes = 1 << 16;

    /// <summary>Reads them in one pass.</summary>
    /// <param name="message">The message and nothing behind it.</param>
    /// <param name="start">Where its fields begin.</param>
    /// <param name="hello">What they say; of no use if there is an error.</param>
    internal static ClientHelloError Read(ReadOnlySpan<byte> message, int start, out ClientHello hello)
    {
        hello = default;
        var cursor = new FieldCursor(message, start);
        if (!cursor.TryReadNumber(out ushort version))
        {
            return ClientHelloError.InvalidLength;
        }

        if (version >> 8 != 3)
        {
            return ClientHelloError.InvalidVersion;
        }

        if (!cursor.TrySkip(RandomLength)
            || !cursor.TryReadVector(1, out Slice sessionId)
            || sessionId.Length > MaxSessionIdLength
            || !cursor.TryReadVector(2, out Slice ciphers)
            || ciphers.IsEmpty
            || (ciphers.Length & 1) != 0
            || !cursor.TryReadVector(1, out Slice compressions))
        {
            return ClientHelloError.InvalidLength;
        }

        if (!compressions.Of(message).Contains((byte)0))
        {
            return ClientHelloError.InvalidCompression;
        }

        // A hello that says no other versions speaks at most TLS 1.2 (RFC 8446 4.2.1).
        hello = new ClientHello { HighestVersion = Math.Min(version, (ushort)0x0303) };
        if (cursor.IsAtEnd)
        {
            // Before TLS 1.3 extensions may be missing altogether.
            return ClientHelloError.None;
        }

        return !cursor.TryReadVector(2, out Slice extensions) || !cursor.IsAtEnd
            ? ClientHelloError.InvalidLength
            : ReadExtensions(message, extensions, ref hello);
    }

    private static ClientHelloError ReadExtensions(ReadOnlySpan<byte> message, Slice extensions, ref ClientHello hello)
    {
        // A bit for every type: a hello may have thousands of extensions, and comparing each with each takes long.
        Span<ulong> seen = stackalloc ulong[ExtensionTypes / 64];
        var cursor = new FieldCursor(message[..extensions.End], extensions.Offset);
        bool hasPreSharedKey = false;
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadNumber(out ushort type) || !cursor.TryReadVector(2, out Slice value))
            {
                return ClientHelloError.InvalidLength;
            }

            if ((seen[type >> 6] & (1UL << (type & 63))) != 0)
            {
                return ClientHelloError.DuplicateExtension;
            }

            if (hasPreSharedKey)
            {
                return ClientHelloError.ExtensionAfterPreSharedKey;
            }

            seen[type >> 6] |= 1UL << (type & 63);
            hasPreSharedKey = type == TlsExtension.PreSharedKey;
            ClientHelloError error = Apply(message, type, value, ref hello);
            if (error != ClientHelloError.None)
            {
                return error;
            }
        }

        return ClientHelloError.None;
    }

    private static ClientHelloError Apply(ReadOnlySpan<byte> message, ushort type, Slice value, ref ClientHello hello)
    {
        switch (type)
        {
            case TlsExtension.ServerName:
                ClientHelloError error = ReadServerName(message, value, out Slice name);
                hello = hello with { ServerName = name };
                return error;
            case TlsExtension.Alpn:
                error = ReadAlpn(message, value, out Slice list);
                hello = hello with { AlpnList = list };
                return error;
            case TlsExtension.SupportedVersions:
                error = ReadVersions(message, value, out ushort highest);
                hello = hello with { HighestVersion = highest };
                return error;
            case TlsExtension.SessionTicket:
                hello = hello with { Resumes = hello.Resumes || !value.IsEmpty };
                return ClientHelloError.None;
            case TlsExtension.PreSharedKey:
                hello = hello with { Resumes = true };
                return ClientHelloError.None;
            case TlsExtension.EncryptedClientHello:
                hello = hello with { HasEncryptedClientHello = true };
                return ClientHelloError.None;
            default:
                return ClientHelloError.None;
        }
    }

    // A list that in fact has one member: the only type there is may come once, and the form of others is unknown.
    private static ClientHelloError ReadServerName(ReadOnlySpan<byte> message, Slice value, out Slice name)
    {
        name = default;
        var outer = new FieldCursor(message[..value.End], value.Offset);
        if (!outer.TryReadVector(2, out Slice list) || !outer.IsAtEnd)
        {
            return ClientHelloError.InvalidServerNameList;
        }

        var cursor = new FieldCursor(message[..list.End], list.Offset);
        return !cursor.TryReadByte(out byte type) || type != 0 || !cursor.TryReadVector(2, out name) || !cursor.IsAtEnd
            ? ClientHelloError.InvalidServerNameList
            : ServerNameSyntax.IsHostName(name.Of(message)) ? ClientHelloError.None : ClientHelloError.InvalidServerName;
    }

    private static ClientHelloError ReadAlpn(ReadOnlySpan<byte> message, Slice value, out Slice list)
    {
        var outer = new FieldCursor(message[..value.End], value.Offset);
        if (!outer.TryReadVector(2, out list) || !outer.IsAtEnd || list.IsEmpty)
        {
            return ClientHelloError.InvalidAlpn;
        }

        var cursor = new FieldCursor(message[..list.End], list.Offset);
        while (!cursor.IsAtEnd)
        {
            if (!cursor.TryReadVector(1, out Slice protocol) || protocol.IsEmpty)
            {
                return ClientHelloError.InvalidAlpn;
            }
        }

        return ClientHelloError.None;
    }

    private static ClientHelloError ReadVersions(ReadOnlySpan<byte> message, Slice value, out ushort highest)
    {
        highest = 0;
        var outer = new FieldCursor(message[..value.End], value.Offset);
        if (!outer.TryReadVector(1, out Slice list) || !outer.IsAtEnd || list.IsEmpty || (list.Length & 1) != 0)
        {
            return ClientHelloError.InvalidSupportedVersions;
        }

        // What is not 3.x is a placeholder (GREASE, RFC 8701) or a draft's number.
        for (ReadOnlySpan<byte> rest = list.Of(message); !rest.IsEmpty; rest = rest[2..])
        {
            ushort version = BinaryPrimitives.ReadUInt16BigEndian(rest);
            highest = version >> 8 == 3 ? Math.Max(highest, version) : highest;
        }

        return highest == 0 ? ClientHelloError.InvalidSupportedVersions : ClientHelloError.None;
    }
}
