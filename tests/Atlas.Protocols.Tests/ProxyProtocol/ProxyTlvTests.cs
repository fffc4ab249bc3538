using Atlas.Protocols.Http;
using Atlas.Protocols.ProxyProtocol;

namespace Atlas.Protocols.Tests.ProxyProtocol;

public sealed class ProxyTlvTests
{
    // With a checksum that is computed bit by bit, in another way than the reader does.
    private static readonly byte[] Checksummed = WithChecksum(ProxyHeaders.Tlv(2, "example.com"));

    [Fact]
    public void Tlvs_OfEveryKind_AreRead()
    {
        byte[] ssl =
        [
            7, 0, 0, 0, 1,
            .. ProxyHeaders.Tlv(0x21, "TLSv1.3"), .. ProxyHeaders.Tlv(0x22, "c n"), .. ProxyHeaders.Tlv(0x23, "AES"),
            .. ProxyHeaders.Tlv(0x24, "SHA256"), .. ProxyHeaders.Tlv(0x25, "RSA2048"), .. ProxyHeaders.Tlv(0x28, "der"),
        ];
        byte[] bytes = ProxyHeaders.WithTlvs(
        [
            .. ProxyHeaders.Tlv(1, "h2"), .. ProxyHeaders.Tlv(2, "example.com"), .. ProxyHeaders.Tlv(4, "\0\0"),
            .. ProxyHeaders.Tlv(5, "id"), .. ProxyHeaders.Tlv(0x20, ssl), .. ProxyHeaders.Tlv(0x30, "blue"),
            .. ProxyHeaders.Tlv(0xEA, "\x01vpce-1"), .. ProxyHeaders.Tlv(0xEA, "\x02x"), .. ProxyHeaders.Tlv(0xEE, "azure"),
            .. ProxyHeaders.Tlv(0xEE, ""), .. ProxyHeaders.Tlv(4),
        ]);

        ProxyTlvs tlvs = ProxyHeaders.Accept(bytes).Tlvs;

        Text(tlvs.Alpn).ShouldBe("h2");
        Text(tlvs.Authority).ShouldBe("example.com");
        Text(tlvs.UniqueId).ShouldBe("id");
        Text(tlvs.NetworkNamespace).ShouldBe("blue");
        Text(tlvs.VpcEndpointId).ShouldBe("vpce-1");
        tlvs.Skipped.ShouldBe(3);
        tlvs.HasChecksum.ShouldBeFalse();
        tlvs.Ssl.IsPresent.ShouldBeTrue();
        tlvs.Ssl.ClientFlags.ShouldBe((byte)7);
        tlvs.Ssl.Verify.ShouldBe(1u);
        Text(tlvs.Ssl.Version).ShouldBe("TLSv1.3");
        Text(tlvs.Ssl.CommonName).ShouldBe("c n");
        Text(tlvs.Ssl.Cipher).ShouldBe("AES");
        Text(tlvs.Ssl.SignatureAlgorithm).ShouldBe("SHA256");
        Text(tlvs.Ssl.KeyAlgorithm).ShouldBe("RSA2048");

        string Text(Slice slice) => Bytes.Text(slice.Of(bytes));
    }

    [Fact]
    public void Tlvs_ThatAreCutOrTooLong_AreRefused()
    {
        byte[][] cut =
        [
            [4], [4, 0], [4, 0, 1], [1, 0, 3, 0, 0], [0xEE, 0xFF, 0xFF, 1],
            ProxyHeaders.Tlv(0x20, [0, 0, 0, 0, 0, 0x21]), ProxyHeaders.Tlv(0x20, [0, 0, 0, 0, 0, 0x21, 0]),
            [.. ProxyHeaders.Tlv(0x20, [0, 0, 0, 0, 0, 0x21, 0, 1]), 65],
        ];
        foreach (byte[] tlvs in cut)
        {
            ProxyHeaders.Refuse(ProxyHeaders.WithTlvs(tlvs)).ShouldBe(ProxyHeaderError.TruncatedTlv, Convert.ToHexString(tlvs));
        }
    }

    [Fact]
    public void Tlvs_OfALengthThatTheirTypeCannotHave_AreRefused()
    {
        byte[][] wrong =
        [
            ProxyHeaders.Tlv(1), ProxyHeaders.Tlv(2), ProxyHeaders.Tlv(3), ProxyHeaders.Tlv(3, 1, 2, 3), ProxyHeaders.Tlv(3, 1, 2, 3, 4, 5),
            ProxyHeaders.Tlv(5), ProxyHeaders.Tlv(5, new byte[129]), ProxyHeaders.Tlv(0x20), ProxyHeaders.Tlv(0x20, 1, 0, 0, 0), ProxyHeaders.Tlv(0x30),
        ];
        foreach (byte[] tlvs in wrong)
        {
            ProxyHeaders.Refuse(ProxyHeaders.WithTlvs(tlvs)).ShouldBe(ProxyHeaderError.InvalidTlvLength, Convert.ToHexString(tlvs));
        }

        ProxyHeaders.Accept(ProxyHeaders.WithTlvs(ProxyHeaders.Tlv(5, new byte[128]))).Tlvs.UniqueId.Length.ShouldBe(128);
    }

    [Fact]
    public void Tlvs_ThatComeTwice_AreRefused()
    {
        byte[][] once =
        [
            ProxyHeaders.Tlv(1, "h2"), ProxyHeaders.Tlv(2, "a"), ProxyHeaders.Tlv(3, 1, 2, 3, 4), ProxyHeaders.Tlv(5, "i"),
            ProxyHeaders.Tlv(0x20, 1, 0, 0, 0, 0), ProxyHeaders.Tlv(0x30, "n"), ProxyHeaders.Tlv(0xEA, "\x01v"),
        ];
        foreach (byte[] tlv in once)
        {
            ProxyHeaders.Refuse(ProxyHeaders.WithTlvs([.. tlv, .. tlv])).ShouldBe(ProxyHeaderError.DuplicateTlv, Convert.ToHexString(tlv));
        }

        byte[] ssl = [1, 0, 0, 0, 0, .. ProxyHeaders.Tlv(0x22, "a"), .. ProxyHeaders.Tlv(0x22, "b")];
        ProxyHeaders.Refuse(ProxyHeaders.WithTlvs(ProxyHeaders.Tlv(0x20, ssl))).ShouldBe(ProxyHeaderError.DuplicateTlv);
    }

    [Fact]
    public void Checksum_ThatIsRight_IsAccepted()
    {
        ProxyTlvs tlvs = ProxyHeaders.Accept(Checksummed).Tlvs;

        tlvs.HasChecksum.ShouldBeTrue();
        Bytes.Text(tlvs.Authority.Of(Checksummed)).ShouldBe("example.com");
        ProxyHeaders.Accept([.. Checksummed, 1, 2, 3]).Length.ShouldBe(Checksummed.Length);
    }

    [Fact]
    public void Checksum_OverAnyBitThatChanged_IsRefused()
    {
        // What comes before has errors of its own, and so have types and lengths.
        int[] bytes = [.. Enumerable.Range(16, 12), .. Enumerable.Range(31, 11), .. Enumerable.Range(45, 4)];
        foreach (int at in bytes)
        {
            byte[] changed = [.. Checksummed];
            changed[at] ^= 0x10;

            ProxyHeaders.Refuse(changed).ShouldBe(ProxyHeaderError.WrongChecksum, $"byte {at}");
        }
    }

    [Fact]
    public void Crc32C_OfTheVectorsOfRfc3720_IsTheirs()
    {
        // Its vector of 32 zeros, four of which are the checksum here.
        Crc32C.OfHeader(new byte[32], 8).ShouldBe(0x8A9136AAu);
        BitByBit(Bytes.Of("123456789")).ShouldBe(0xE3069283u);
    }

    private static byte[] WithChecksum(byte[] tlvs)
    {
        byte[] header = ProxyHeaders.WithTlvs([.. tlvs, .. ProxyHeaders.Tlv(3, 0, 0, 0, 0)]);
        uint crc = BitByBit(header);
        return [.. header[..^4], (byte)(crc >> 24), (byte)(crc >> 16), (byte)(crc >> 8), (byte)crc];
    }

    private static uint BitByBit(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }
}
