using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.Configuration;

public sealed class AddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("0.0.0.0:0", false)]
    [InlineData("[::1]:65535", true)]
    [InlineData("unix:/run/atlas.sock", true)]
    [InlineData("10.0.0.1:80", false)]
    [InlineData("[::]:80", false)]
    [InlineData("[::ffff:10.0.0.1]:80", false)]
    [InlineData("[::ffff:127.0.0.1]:80", true)]
    public void BindAddress_Valid_IsWrittenAsItWasRead(string text, bool isLoopback)
    {
        BindAddress.TryParse(text, out var address).ShouldBeTrue();

        address!.ToString().ShouldBe(text);
        address.IsLoopback.ShouldBe(isLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":80")]
    [InlineData("80")]
    [InlineData("*:80")]
    [InlineData("localhost:80")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:+1")]
    [InlineData("127.0.0.1: 80")]
    [InlineData("127.1:80")]
    [InlineData("010.0.0.1:80")]
    [InlineData("0x7f.0.0.1:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("[::1%eth0]:80")]
    [InlineData("[::1]")]
    [InlineData("unix:")]
    [InlineData("unix:/")]
    [InlineData("unix:run/atlas.sock")]
    public void BindAddress_Invalid_IsRefused(string text) => BindAddress.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(107, true)]
    [InlineData(108, false)]
    public void BindAddress_UnixPath_HasAtMost107Bytes(int bytes, bool isValid) =>
        BindAddress.TryParse("unix:/" + new string('a', bytes - 1), out _).ShouldBe(isValid);

    [Fact]
    public void BindAddress_UnixPathInUtf8_CountsBytes() =>
        BindAddress.TryParse("unix:/" + new string('ä', 54), out _).ShouldBeFalse();

    [Theory]
    [InlineData("10.0.0.1:80", "10.0.0.1", 80, false)]
    [InlineData("[2001:DB8::1]:443", "2001:db8::1", 443, false)]
    [InlineData("App.Internal:1", "app.internal", 1, true)]
    [InlineData("localhost:65535", "localhost", 65535, true)]
    public void ServerAddress_Valid_HasHostAndPort(string text, string host, int port, bool isName)
    {
        ServerAddress.TryParse(text, out var address).ShouldBeTrue();

        (address!.Host, address.Port, address.IsName).ShouldBe((host, port, isName));
        ServerAddress.TryParse(address.ToString(), out var again).ShouldBeTrue();
        again.ShouldBe(address);
    }

    [Theory]
    [InlineData("10.0.0.1:0")]
    [InlineData("10.0.0.1")]
    [InlineData("300.0.0.1:80")]
    [InlineData("1.2.3:80")]
    [InlineData("a b:80")]
    [InlineData("-a:80")]
    [InlineData("a..b:80")]
    [InlineData("[a]:80")]
    [InlineData("http://a:80")]
    public void ServerAddress_Invalid_IsRefused(string text) => ServerAddress.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void BindAddress_Position_IsNoPartOfEquality()
    {
        var address = BindAddress.Loopback(80);

        (address with { Position = new SourcePosition(3, 4) }).ShouldBe(address);
    }
}
