using Atlas.Protocols.Tls;

namespace Atlas.Protocols.Tests.Tls;

/// <summary>The fields of the hello and of the extensions that are read.</summary>
public sealed class ClientHelloFieldsTests
{
    [Theory]
    [InlineData(0x0300, 0x0300)]
    [InlineData(0x0301, 0x0301)]
    [InlineData(0x0303, 0x0303)]
    [InlineData(0x0304, 0x0303)]
    public void Hello_WithoutExtensions_OffersItsVersionUpToTls12(int version, int highest)
    {
        Hellos.Accept(new HelloBuilder { Version = (ushort)version, Extensions = null }.Record()).HighestVersion.ShouldBe(highest);
        Hellos.Accept(new HelloBuilder { Version = (ushort)version, Extensions = [] }.Record()).HighestVersion.ShouldBe(highest);
    }

    [Theory]
    [InlineData(0x0304, 0x0A0A, 0x0304, 0x0303)]
    [InlineData(0x0303, 0xFAFA, 0x0302, 0x0303)]
    [InlineData(0x0304, 0x7F1C, 0x0304)]
    [InlineData(0x0305, 0x0305)]
    public void SupportedVersions_WithPlaceholders_GiveTheHighestOfTls(int highest, params int[] offered) =>
        Hellos.Accept(With(HelloBuilder.Versions(offered))).HighestVersion.ShouldBe(highest);

    [Fact]
    public void SupportedVersions_WithoutOneOfTls_AreRefused()
    {
        byte[][] wrong =
        [
            HelloBuilder.Versions(), HelloBuilder.Versions(0x0A0A), HelloBuilder.Extension(43), HelloBuilder.Extension(43, 1, 3),
            HelloBuilder.Extension(43, 4, 3, 4), HelloBuilder.Extension(43, 2, 3, 4, 3, 3), HelloBuilder.Extension(43, 3, 3, 4, 3),
        ];
        foreach (byte[] extension in wrong)
        {
            Hellos.Refuse(With(extension)).ShouldBe(ClientHelloError.InvalidSupportedVersions, Convert.ToHexString(extension));
        }
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("a")]
    [InlineData("_dmarc.x-1.EXAMPLE.org")]
    [InlineData("xn--bcher-kva.example")]
    [InlineData("1.2.3.4.example")]
    [InlineData("1.2.3")]
    public void ServerName_ThatIsAHostName_IsReadInLowerCase(string name) =>
        Hellos.Accept(With(HelloBuilder.ServerName(name))).ServerName.ShouldBe(name.ToLowerInvariant());

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("example.com.")]
    [InlineData(".example.com")]
    [InlineData("example..com")]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    [InlineData("[::1]")]
    [InlineData("example.com:443")]
    [InlineData("exa mple.com")]
    [InlineData("example.com\0.org")]
    [InlineData("b\xFCcher.example")]
    [InlineData("*.example.com")]
    [InlineData("a/b")]
    public void ServerName_ThatIsNone_IsRefused(string name) =>
        Hellos.Refuse(With(HelloBuilder.ServerName(name))).ShouldBe(ClientHelloError.InvalidServerName);

    [Fact]
    public void ServerName_AtItsLimits_IsReadAndOneMoreByteIsNot()
    {
        string label = new('a', 63);
        string longest = $"{label}.{label}.{label}.{label[..61]}";
        longest.Length.ShouldBe(ClientHello.MaxServerName);

        Hellos.Accept(With(HelloBuilder.ServerName(longest))).ServerName.ShouldBe(longest);
        Hellos.Refuse(With(HelloBuilder.ServerName(longest + "a"))).ShouldBe(ClientHelloError.InvalidServerName);
        Hellos.Refuse(With(HelloBuilder.ServerName(label + "a"))).ShouldBe(ClientHelloError.InvalidServerName);
    }

    [Fact]
    public void ServerNameList_ThatIsNotOneHostName_IsRefused()
    {
        byte[] name = [0, 0, 1, 97];
        byte[][] wrong =
        [
            HelloBuilder.Extension(0), HelloBuilder.Extension(0, 0, 0), HelloBuilder.Extension(0, HelloBuilder.Vector16([.. name, .. name])),
            HelloBuilder.Extension(0, HelloBuilder.Vector16([1, 0, 1, 97])), HelloBuilder.Extension(0, [.. HelloBuilder.Vector16(name), 0]),
            HelloBuilder.Extension(0, HelloBuilder.Vector16([.. name, 1, 0, 1, 97])), HelloBuilder.Extension(0, [0, 5, .. name]),
            HelloBuilder.Extension(0, HelloBuilder.Vector16([0, 0, 2, 97])), HelloBuilder.Extension(0, HelloBuilder.Vector16([0])),
        ];
        foreach (byte[] extension in wrong)
        {
            Hellos.Refuse(With(extension)).ShouldBe(ClientHelloError.InvalidServerNameList, Convert.ToHexString(extension));
        }
    }

    [Fact]
    public void Alpn_OfNamesOfAnyBytes_IsRead() =>
        Hellos.Accept(With(HelloBuilder.Alpn("\x0A\x0A", "h2", new string('x', 255)))).Alpn.ShouldBe($"\x0A\x0A h2 {new string('x', 255)}");

    [Fact]
    public void Alpn_ThatIsEmptyOrDoesNotFit_IsRefused()
    {
        byte[][] wrong =
        [
            HelloBuilder.Extension(16), HelloBuilder.Extension(16, 0, 0), HelloBuilder.Alpn(""), HelloBuilder.Alpn("h2", ""),
            HelloBuilder.Extension(16, 0, 2, 2, 97), HelloBuilder.Extension(16, 0, 2, 1, 97, 0), HelloBuilder.Extension(16, 0, 3, 1, 97),
        ];
        foreach (byte[] extension in wrong)
        {
            Hellos.Refuse(With(extension)).ShouldBe(ClientHelloError.InvalidAlpn, Convert.ToHexString(extension));
        }
    }

    [Fact]
    public void Resumption_OfEitherKind_IsSeen()
    {
        Hellos.Accept(With(HelloBuilder.Extension(35))).Resumes.ShouldBeFalse();
        Hellos.Accept(With(HelloBuilder.Extension(35, 1, 2))).Resumes.ShouldBeTrue();
        Hellos.Accept(With(HelloBuilder.Extension(35), HelloBuilder.Extension(41, 1, 2))).Resumes.ShouldBeTrue();
        Hellos.Accept(With(HelloBuilder.Extension(0xFE0D, 1, 2))).HasEncryptedClientHello.ShouldBeTrue();
    }

    [Fact]
    public void Extensions_ThatComeTwice_AreRefused()
    {
        foreach (int type in (int[])[0, 1, 10, 16, 35, 43, 63, 64, 0x0A0A, 0xFFFF])
        {
            byte[] once = type switch
            {
                0 => HelloBuilder.ServerName("a"),
                16 => HelloBuilder.Alpn("h2"),
                43 => HelloBuilder.Versions(0x0304),
                _ => HelloBuilder.Extension(type),
            };
            Hellos.Refuse(With(once, HelloBuilder.Extension(2), once)).ShouldBe(ClientHelloError.DuplicateExtension);
        }
    }

    [Fact]
    public void Extensions_AfterThePreSharedKeys_AreRefused() =>
        Hellos.Refuse(With(HelloBuilder.Extension(41, 1), HelloBuilder.Extension(2))).ShouldBe(ClientHelloError.ExtensionAfterPreSharedKey);

    [Fact]
    public void Extensions_InThousands_AreReadInOnePass()
    {
        byte[] bytes = new HelloBuilder { Extensions = [.. Enumerable.Range(100, 4000).Select(x => HelloBuilder.Extension(x))] }.Record();

        Hellos.Feed(bytes, [bytes.Length]).Status.ShouldBe(ClientHelloStatus.Done);
    }

    [Fact]
    public void Lengths_ThatDoNotFit_AreRefused()
    {
        byte[] body = new HelloBuilder { Extensions = [HelloBuilder.Extension(5, 1, 2, 3)] }.Body();
        for (int length = 0; length < body.Length; length++)
        {
            // At the end of the compression methods it is a hello without extensions.
            if (length != 2 + 32 + 1 + 4 + 2)
            {
                Hellos.Refuse(HelloBuilder.Record(HelloBuilder.Message(1, body[..length]))).ShouldBe(ClientHelloError.InvalidLength);
            }
        }

        Hellos.Refuse(HelloBuilder.Record(HelloBuilder.Message(1, [.. body, 0]))).ShouldBe(ClientHelloError.InvalidLength);
        Hellos.Refuse(new HelloBuilder { SessionId = new byte[33] }.Record()).ShouldBe(ClientHelloError.InvalidLength);
        Hellos.Refuse(new HelloBuilder { Ciphers = [] }.Record()).ShouldBe(ClientHelloError.InvalidLength);
        Hellos.Refuse(new HelloBuilder { Ciphers = [1, 2, 3] }.Record()).ShouldBe(ClientHelloError.InvalidLength);
        Hellos.Refuse(With([0, 5, 0, 1])).ShouldBe(ClientHelloError.InvalidLength);
        Hellos.Refuse(With([0, 5, 0])).ShouldBe(ClientHelloError.InvalidLength);
    }

    [Fact]
    public void Fields_OfOtherProtocols_AreRefused()
    {
        Hellos.Refuse(new HelloBuilder { Version = 0x0203 }.Record()).ShouldBe(ClientHelloError.InvalidVersion);
        Hellos.Refuse(new HelloBuilder { Version = 0xFEFD }.Record()).ShouldBe(ClientHelloError.InvalidVersion);
        Hellos.Refuse(new HelloBuilder { Compressions = [] }.Record()).ShouldBe(ClientHelloError.InvalidCompression);
        Hellos.Refuse(new HelloBuilder { Compressions = [1] }.Record()).ShouldBe(ClientHelloError.InvalidCompression);
        Hellos.Accept(new HelloBuilder { Compressions = [1, 0] }.Record());
    }

    private static byte[] With(params byte[][] extensions) => new HelloBuilder { Extensions = [.. extensions] }.Record();
}
