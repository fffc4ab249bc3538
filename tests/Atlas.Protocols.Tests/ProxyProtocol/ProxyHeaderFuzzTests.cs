using Atlas.Protocols.Http1;
using Atlas.Protocols.ProxyProtocol;
using CsCheck;

namespace Atlas.Protocols.Tests.ProxyProtocol;

public sealed class ProxyHeaderFuzzTests
{
    private static readonly byte[][] Valid =
    [
        Bytes.Of("PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\nGET"),
        Bytes.Of("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 56324 443\r\n"),
        Bytes.Of("PROXY UNKNOWN a b\r\n"),
        ProxyHeaders.Binary(0x20, 0, 1, 2, 3),
        ProxyHeaders.Binary(0x21, 0x31, new byte[216]),
        Written(),
    ];

    [Fact]
    public void Header_Mutated_NeverThrowsAndDoesNotDependOnTheSplit() =>
        Gen.OneOf([.. Valid.Select(Mutations.Of)]).Sample(bytes => Check(bytes), iter: 4000);

    [Fact]
    public void Bytes_ThatAreRandom_NeverThrow() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 120],
            Gen.Byte.Array[0, 300].Select(x => (byte[])[.. ProxyHeaders.Signature, .. x]),
            Gen.Byte.Array[0, 300].Select(ProxyHeaders.WithTlvs),
            Gen.Char["PROXY TCP46UNKW:.019f\r\n"].Array[0, 120].Select(x => Bytes.Of("PROXY " + new string(x))))
            .Sample(bytes => Check(bytes), iter: 4000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Reader_Read_AllocatesNothing(int which)
    {
        byte[] bytes = Valid[which];
        byte[] room = new byte[ProxyHeaderWriter.MaxLength];

        Allocations.Of(() =>
        {
            for (int round = 0; round < 1000; round++)
            {
                if (ProxyHeaderReader.Read(bytes, out ProxyHeader header, out _) != ParseStatus.Done
                    || ProxyHeaderWriter.WriteV1(room, header.Source, header.Destination) == 0
                    || ProxyHeaderWriter.WriteV2(room, header.Transport, header.Source, header.Destination) == 0)
                {
                    throw new InvalidOperationException("The header is not read.");
                }
            }
        }).ShouldBe(0);
    }

    // Whole and byte by byte have to agree, in arrays that end where the bytes do.
    private static void Check(byte[] bytes)
    {
        ParseStatus status = ProxyHeaderReader.Read(bytes, out ProxyHeader header, out ProxyHeaderError error);
        (status == ParseStatus.Error).ShouldBe(error != ProxyHeaderError.None);
        if (status == ParseStatus.Done)
        {
            header.Length.ShouldBeInRange(15, bytes.Length);
            header.Tlvs.Ssl.Cipher.Of(bytes.AsSpan(0, header.Length));
            header.Tlvs.Authority.Of(bytes.AsSpan(0, header.Length));
        }

        for (int length = 0; length <= bytes.Length; length++)
        {
            ParseStatus piece = ProxyHeaderReader.Read(bytes.AsSpan(0, length).ToArray(), out ProxyHeader part, out ProxyHeaderError why);
            if (piece != ParseStatus.NeedMore || length == bytes.Length)
            {
                piece.ShouldBe(status);
                why.ShouldBe(error);
                part.Length.ShouldBe(header.Length);
                break;
            }
        }
    }

    private static byte[] Written()
    {
        byte[] buffer = new byte[ProxyHeaderWriter.MaxLength];
        int length = ProxyHeaderWriter.WriteV2(
            buffer,
            ProxyTransport.Stream,
            new ProxyEndpoint([192, 0, 2, 1], 1),
            new ProxyEndpoint([192, 0, 2, 2], 2),
            new ProxyOutgoingTlvs { Authority = "example.com"u8, HasSsl = true, SslCipher = "AES"u8, UniqueId = "id"u8, HasChecksum = true });
        return buffer[..length];
    }
}
