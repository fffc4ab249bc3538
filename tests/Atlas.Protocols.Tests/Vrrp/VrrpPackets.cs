using System.Net;

namespace Atlas.Protocols.Tests.Vrrp;

/// <summary>Advertisements written out by hand after the layout of RFC 9568 5.2, and addresses as bytes.</summary>
internal static class VrrpPackets
{
    public static byte[] Source4 { get; } = Ip("192.0.2.3");

    public static byte[] Group4 { get; } = Ip("224.0.0.18");

    public static byte[] Source6 { get; } = Ip("fe80::3");

    public static byte[] Group6 { get; } = Ip("ff02::12");

    /// <summary>
    /// Router 7, priority 150, 1 s, 192.0.2.100. The words 3107 + 9601 + 0064 + c000 + 0264 are 189d0, folded 89d1, so that the
    /// checksum of the message alone is 762e.
    /// </summary>
    public static byte[] MessageOnly { get; } = Convert.FromHexString("310796010064762E" + "C0000264");

    /// <summary>
    /// The same with the pseudo-header of 192.0.2.3 to 224.0.0.18: c000 + 0203 + e000 + 0012 + 0070 + 000c are 1a291 more, in
    /// all 32c61 (folded 2c64), so that the checksum is d39b.
    /// </summary>
    public static byte[] PseudoHeader { get; } = Convert.FromHexString("310796010064D39B" + "C0000264");

    /// <summary>
    /// Router 7, priority 150, 1 s, fe80::64 and 2001:db8::64 over IPv6 from fe80::3 to ff02::12. The message's words are 3107 +
    /// 9602 + 0064 + fe80 + 0064 + 2001 + 0db8 + 0064, the pseudo-header's fe80 + 0003 + ff02 + 0012 + 0028 + 0070.
    /// </summary>
    public static byte[] Ipv6 { get; } = Convert.FromHexString(
        "3107960200640D5F" + "FE800000000000000000000000000064" + "20010DB8000000000000000000000064");

    public static byte[] Ip(string text) => IPAddress.Parse(text).GetAddressBytes();
}
