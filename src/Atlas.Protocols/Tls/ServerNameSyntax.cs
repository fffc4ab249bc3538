using System.Buffers;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tls;

/// <summary>Checks server names (RFC 6066 3). Underscores are let through: names with them are in use.</summary>
internal static class ServerNameSyntax
{
    private const int MaxLabel = 63;

    private static readonly SearchValues<byte> NameBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"u8);

    /// <summary>Whether a name is a host name without a final dot, and no address.</summary>
    internal static bool IsHostName(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > ClientHello.MaxServerName || name.ContainsAnyExcept(NameBytes))
        {
            return false;
        }

        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        if (IpAddressText.Parse(name, ip) != 0)
        {
            return false;
        }

        for (ReadOnlySpan<byte> rest = name; ;)
        {
            int dot = rest.IndexOf((byte)'.');
            if ((dot < 0 ? rest.Length : dot) is 0 or > MaxLabel)
            {
                return false;
            }

            if (dot < 0)
            {
                return true;
            }

            rest = rest[(dot + 1)..];
        }
    }
}
