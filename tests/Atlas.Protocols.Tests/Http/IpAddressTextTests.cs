using System.Net;
using System.Text;
using Atlas.Protocols.Http;
using CsCheck;

namespace Atlas.Protocols.Tests.Http;

public sealed class IpAddressTextTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.0.2.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:DB8:0:0:8:800:200C:417A")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("::2:3:4:5:6:7:8")]
    [InlineData("::ffff:192.0.2.1")]
    [InlineData("1:2:3:4:5:6:192.0.2.1")]
    public void Parse_Address_GivesTheBytesThatTheRuntimeGives(string text) =>
        Parse(text).ShouldBe(IPAddress.Parse(text).GetAddressBytes());

    [Theory]
    [InlineData("")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.1.")]
    [InlineData("192.0.2.999")]
    [InlineData("192.0.2.01")]
    [InlineData("192.0.2.1 ")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData(":")]
    [InlineData(":1")]
    [InlineData("1:")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4:5:6:7:8::")]
    [InlineData("12345::")]
    [InlineData("g::")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::192.0.2.1:1")]
    [InlineData("1:2:3:4:5:6:7:192.0.2.1")]
    [InlineData("unknown")]
    public void Parse_AnythingElse_GivesNothing(string text) => Parse(text).ShouldBeEmpty();

    [Fact]
    public void Parse_WhatTheRuntimeWrites_GivesTheSameAddress() =>
        Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16], Gen.Byte[0, 1].Array[16]).Sample(bytes =>
            Parse(new IPAddress(bytes).ToString()).ShouldBe(bytes));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1:80", "192.0.2.1")]
    [InlineData("[2001:db8::1]", "2001:db8::1")]
    [InlineData("[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("2001:db8::1", "2001:db8::1")]
    [InlineData("192.0.2.1:x", "192.0.2.1:x")]
    [InlineData("[2001:db8::1]x", "[2001:db8::1]x")]
    public void WithoutPort_Member_LeavesTheAddress(string text, string expected) =>
        Encoding.ASCII.GetString(IpAddressText.WithoutPort(Encoding.ASCII.GetBytes(text))).ShouldBe(expected);

    private static byte[] Parse(string text)
    {
        byte[] address = new byte[IpAddressText.MaxLength];
        return address[..IpAddressText.Parse(Encoding.ASCII.GetBytes(text), address)];
    }
}
