namespace Atlas.Protocols.Vrrp;

/// <summary>
/// What the checksum of an advertisement over IPv4 covers; over IPv6 it is always <see cref="PseudoHeader"/>. RFC 5798 5.2.8
/// could be read either way, and implementations differ: keepalived sends the pseudo-header and refuses advertisements without,
/// unless <c>v3_checksum_as_v2</c> is set; FRR has a setting with the same default; Cisco's routers leave it out, and RFC 9568
/// 5.2.8 settles it their way.
/// </summary>
public enum VrrpChecksumForm : byte
{
    /// <summary>The message alone, as RFC 9568 5.2.8 has it for IPv4.</summary>
    MessageOnly,

    /// <summary>The message after a pseudo-header of addresses, protocol and length.</summary>
    PseudoHeader,
}
