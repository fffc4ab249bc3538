using Atlas.Protocols.Tls;
using CsCheck;

namespace Atlas.Protocols.Tests.Tls;

public sealed class ClientHelloFuzzTests
{
    private static readonly HelloBuilder Usual = new()
    {
        SessionId = new byte[32],
        Extensions =
        [
            HelloBuilder.Extension(0x0A0A), HelloBuilder.ServerName("example.com"), HelloBuilder.Alpn("h2", "http/1.1"),
            HelloBuilder.Versions(0x0A0A, 0x0304), HelloBuilder.Extension(35), HelloBuilder.Extension(41, 1, 2, 3),
        ],
    };

    [Fact]
    public async Task Hello_Mutated_NeverThrowsAndDoesNotDependOnTheSplit()
    {
        byte[] real = await RealClientTests.OfSslStreamAsync();
        Gen.OneOf(
            Mutations.Of(Usual.Record()),
            Mutations.Of(HelloBuilder.Records(Usual.Message(), 1, 40, 77)),
            Mutations.Of(real),
            Mutations.Of(Usual.Body()).Select(x => HelloBuilder.Record(HelloBuilder.Message(1, x))))
            .Sample(Check, iter: 3000);
    }

    [Fact]
    public void Bytes_ThatAreRandom_NeverThrow() =>
        Gen.OneOf(
            Gen.Byte.Array[0, 60],
            Gen.Byte.Array[1, 120].Select(x => HelloBuilder.Record(x)),
            Gen.Byte.Array[0, 120].Select(x => new HelloBuilder { Extensions = [x] }.Record()),
            Gen.Select(Gen.Int[0, 50], Gen.Byte[0, 8].Array[0, 20])
                .Select((type, value) => new HelloBuilder { Extensions = [HelloBuilder.Extension(type, value)] }.Record()))
            .Sample(Check, iter: 3000);

    // Whole and byte by byte have to agree, in arrays that end where the bytes do.
    private static void Check(byte[] bytes)
    {
        Hellos.Result whole = Hellos.Feed(bytes, [bytes.Length]);

        Hellos.Feed(bytes, Enumerable.Range(1, bytes.Length)).ShouldBe(whole);

        if (whole.Status == ClientHelloStatus.Done)
        {
            whole.ServerName.ShouldBe(whole.ServerName.ToLowerInvariant());
            whole.ServerName.Length.ShouldBeLessThanOrEqualTo(ClientHello.MaxServerName);
            whole.HighestVersion.ShouldBeInRange(0x0300, 0x03FF);
        }
    }
}
