using System.Buffers.Binary;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>Reads the TLVs behind the addresses (PROXY protocol 2.2): each a type, two bytes of length and a value.</summary>
internal static class ProxyTlvReader
{
    private const int HeadLength = 3;

    // The flags and the result of the check before the TLVs within the one on TLS.
    private const int SslFixedLength = 5;
    private const int ChecksumLength = 4;

    /// <summary>Reads all of them.</summary>
    /// <param name="header">The whole header and nothing behind it.</param>
    /// <param name="start">Where the first one begins.</param>
    /// <param name="tlvs">What they say; of no use if there is an error.</param>
    internal static ProxyHeaderError Read(ReadOnlySpan<byte> header, int start, out ProxyTlvs tlvs)
    {
        tlvs = default;
        Slice checksum = default;
        Seen seen = default;
        int at = start;
        while (at < header.Length)
        {
            ProxyHeaderError error = Next(header, ref at, header.Length, out byte type, out Slice value);
            if (error == ProxyHeaderError.None)
            {
                if (type == ProxyTlvType.Crc32C)
                {
                    checksum = value;
                    error = seen.Take(type, value.Length == ChecksumLength);
                }
                else
                {
                    error = Apply(header, type, value, ref seen, ref tlvs);
                }
            }

            if (error != ProxyHeaderError.None)
            {
                return error;
            }
        }

        if (checksum.IsEmpty)
        {
            return ProxyHeaderError.None;
        }

        tlvs = tlvs with { HasChecksum = true };
        return Crc32C.OfHeader(header, checksum.Offset) == BinaryPrimitives.ReadUInt32BigEndian(checksum.Of(header))
            ? ProxyHeaderError.None
            : ProxyHeaderError.WrongChecksum;
    }

    private static ProxyHeaderError Apply(ReadOnlySpan<byte> header, byte type, Slice value, ref Seen seen, ref ProxyTlvs tlvs)
    {
        switch (type)
        {
            case ProxyTlvType.Alpn:
                tlvs = tlvs with { Alpn = value };
                return seen.Take(type, !value.IsEmpty);
            case ProxyTlvType.Authority:
                tlvs = tlvs with { Authority = value };
                return seen.Take(type, !value.IsEmpty);
            case ProxyTlvType.UniqueId:
                tlvs = tlvs with { UniqueId = value };
                return seen.Take(type, value.Length is > 0 and <= ProxyTlvs.MaxUniqueId);
            case ProxyTlvType.NetworkNamespace:
                tlvs = tlvs with { NetworkNamespace = value };
                return seen.Take(type, !value.IsEmpty);
            case ProxyTlvType.Ssl:
                ProxyHeaderError error = seen.Take(type, value.Length >= SslFixedLength);
                if (error != ProxyHeaderError.None)
                {
                    return error;
                }

                error = ReadSsl(header, value, ref seen, out ProxySsl ssl);
                tlvs = tlvs with { Ssl = ssl };
                return error;
            case ProxyTlvType.Aws when value.Length > 1 && header[value.Offset] == ProxyTlvType.AwsVpcEndpointId:
                tlvs = tlvs with { VpcEndpointId = new Slice(value.Offset + 1, value.Length - 1) };
                return seen.Take(type, isLengthRight: true);
            case ProxyTlvType.Noop:
                return ProxyHeaderError.None;
            default:
                tlvs = tlvs with { Skipped = tlvs.Skipped + 1 };
                return ProxyHeaderError.None;
        }
    }

    private static ProxyHeaderError ReadSsl(ReadOnlySpan<byte> header, Slice whole, ref Seen seen, out ProxySsl ssl)
    {
        ssl = new ProxySsl
        {
            IsPresent = true,
            ClientFlags = header[whole.Offset],
            Verify = BinaryPrimitives.ReadUInt32BigEndian(header[(whole.Offset + 1)..]),
        };
        int at = whole.Offset + SslFixedLength;
        while (at < whole.End)
        {
            ProxyHeaderError error = Next(header, ref at, whole.End, out byte type, out Slice value);
            if (error != ProxyHeaderError.None)
            {
                return error;
            }

            if (type is < ProxyTlvType.SslVersion or > ProxyTlvType.SslKeyAlgorithm)
            {
                continue;
            }

            error = seen.Take(type, isLengthRight: true);
            if (error != ProxyHeaderError.None)
            {
                return error;
            }

            ssl = type switch
            {
                ProxyTlvType.SslVersion => ssl with { Version = value },
                ProxyTlvType.SslCommonName => ssl with { CommonName = value },
                ProxyTlvType.SslCipher => ssl with { Cipher = value },
                ProxyTlvType.SslSignatureAlgorithm => ssl with { SignatureAlgorithm = value },
                _ => ssl with { KeyAlgorithm = value },
            };
        }

        return ProxyHeaderError.None;
    }

    private static ProxyHeaderError Next(ReadOnlySpan<byte> header, ref int at, int end, out byte type, out Slice value)
    {
        type = header[at];
        value = default;
        if (end - at < HeadLength)
        {
            return ProxyHeaderError.TruncatedTlv;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
        at += HeadLength;
        if (end - at < length)
        {
            return ProxyHeaderError.TruncatedTlv;
        }

        value = new Slice(at, length);
        at += length;
        return ProxyHeaderError.None;
    }

    /// <summary>Which of the types that may come once have come. Those that matter are below 0x40, but for AWS's.</summary>
    private struct Seen
    {
        private ulong _types;

        internal ProxyHeaderError Take(byte type, bool isLengthRight)
        {
            ulong bit = 1UL << (type == ProxyTlvType.Aws ? 63 : type);
            if ((_types & bit) != 0)
            {
                return ProxyHeaderError.DuplicateTlv;
            }

            _types |= bit;
            return isLengthRight ? ProxyHeaderError.None : ProxyHeaderError.InvalidTlvLength;
        }
    }
}
