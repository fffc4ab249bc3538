using System.Buffers.Binary;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Protocols.Tests.ProxyProtocol;

/// <summary>Reads headers whole, cut in two at every byte, and byte by byte, and demands the same result from all. Every piece
/// is fed in an array of exactly its length, so that a read past the end throws.</summary>
internal static class ProxyHeaders
{
    internal static byte[] Signature => Bytes.Of("\r\n\r\n\0\r\nQUIT\n");

    internal static ProxyHeader Accept(byte[] bytes)
    {
        (ParseStatus status, ProxyHeaderError error, ProxyHeader header) = Read(bytes);
        error.ShouldBe(ProxyHeaderError.None);
        status.ShouldBe(ParseStatus.Done);
        return header;
    }

    internal static ProxyHeader Accept(string text) => Accept(Bytes.Of(text));

    internal static ProxyHeaderError Refuse(byte[] bytes)
    {
        (ParseStatus status, ProxyHeaderError error, _) = Read(bytes);
        status.ShouldBe(ParseStatus.Error, Convert.ToHexString(bytes));
        error.Text().ShouldNotBe("unknown error");
        return error;
    }

    internal static (ParseStatus Status, ProxyHeaderError Error, ProxyHeader Header) Read(byte[] bytes)
    {
        (ParseStatus Status, ProxyHeaderError Error, ProxyHeader Header) whole = Feed(bytes, [bytes.Length]);
        string expected = Describe(whole);
        foreach (int[] split in Bytes.Splits(bytes.Length))
        {
            Describe(Feed(bytes, split)).ShouldBe(expected, $"fed up to {string.Join(' ', split)}");
        }

        return whole;
    }

    /// <summary>A version 2 header with the right length.</summary>
    internal static byte[] Binary(byte command, byte family, params byte[] rest)
    {
        byte[] header = [.. Signature, command, family, 0, 0, .. rest];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), (ushort)rest.Length);
        return header;
    }

    /// <summary>A version 2 header over TCP from 192.0.2.1:1 to 192.0.2.2:2 with TLVs.</summary>
    internal static byte[] WithTlvs(params byte[] tlvs) => Binary(0x21, 0x11, [192, 0, 2, 1, 192, 0, 2, 2, 0, 1, 0, 2, .. tlvs]);

    internal static byte[] Tlv(byte type, params byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    internal static byte[] Tlv(byte type, string value) => Tlv(type, Bytes.Of(value));

    private static string Describe((ParseStatus Status, ProxyHeaderError Error, ProxyHeader Header) result)
    {
        ProxyHeader x = result.Header;
        ProxyTlvs t = x.Tlvs;
        Slice[] slices =
        [
            x.SourcePath, x.DestinationPath, t.Alpn, t.Authority, t.UniqueId, t.NetworkNamespace, t.VpcEndpointId, t.Ssl.Version,
            t.Ssl.CommonName, t.Ssl.Cipher, t.Ssl.SignatureAlgorithm, t.Ssl.KeyAlgorithm,
        ];
        return $"{result.Status} {result.Error} {x.Length} {x.Version} {x.IsLocal} {x.Family} {x.Transport} {x.Source} {x.Destination} "
            + $"{t.HasChecksum} {t.Skipped} {t.Ssl.IsPresent} {t.Ssl.ClientFlags} {t.Ssl.Verify} {string.Join(' ', slices)}";
    }

    private static (ParseStatus Status, ProxyHeaderError Error, ProxyHeader Header) Feed(byte[] bytes, int[] ends)
    {
        ParseStatus status = ParseStatus.NeedMore;
        ProxyHeaderError error = ProxyHeaderError.None;
        ProxyHeader header = default;
        foreach (int end in ends)
        {
            status = ProxyHeaderReader.Read(bytes.AsSpan(0, end).ToArray(), out header, out error);
            if (status != ParseStatus.NeedMore)
            {
                break;
            }
        }

        // Of a refused header, what was read before counts for nothing.
        return (status, error, status == ParseStatus.Done ? header : default);
    }
}
