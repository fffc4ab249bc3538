using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>An address as an interface has it, written <c>10.0.0.100/24</c>.</summary>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">The bits of its network's prefix.</param>
public sealed record InterfaceAddress(IPAddress Address, int PrefixLength)
{
    /// <summary>
    /// What the address is in its network where it can be no host's, in words; null: a host can have it. In IPv4 networks of more than two
    /// addresses the first is the network's own and the last its broadcast address (RFC 1122 3.2.1.3; RFC 3021 has both addresses of a
    /// /31 be hosts'). In IPv6 ones the first is that of any router (RFC 4291 2.6.1), but for a /127 (RFC 6164 6).
    /// </summary>
    public string? ReservedFor
    {
        get
        {
            byte[] bytes = Address.GetAddressBytes();
            if ((bytes.Length * 8) - PrefixLength < 2)
            {
                return null;
            }

            bool isIPv6 = bytes.Length > 4;
            return HostBitsAre(bytes, 0) ? isIPv6 ? "its network's address of any router" : "its network's own address"
                : !isIPv6 && HostBitsAre(bytes, 0xFF) ? "its network's broadcast address"
                : null;
        }
    }

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => $"{Address}/{PrefixLength}";

    private bool HostBitsAre(byte[] bytes, byte value)
    {
        for (int i = PrefixLength / 8; i < bytes.Length; i++)
        {
            int mask = 0xFF >> Math.Max(0, PrefixLength - (i * 8));
            if ((bytes[i] & mask) != (value & mask))
            {
                return false;
            }
        }

        return true;
    }
}
