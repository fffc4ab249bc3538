using System.Buffers;
using System.Net;
using System.Text;

namespace Atlas.Protocols.Http;

/// <summary>
/// The authority of a request: <c>host[:port]</c> as Host, <c>:authority</c> and request targets have it
/// (RFC 3986 3.2.2 and 3.2.3, RFC 9110 4.2). User information is never allowed.
/// </summary>
public static class AuthoritySyntax
{
    // unreserved and sub-delims. "%" and ":" stop the scan and are looked at one by one.
    private static readonly SearchValues<byte> RegisteredName = SearchValues.Create(
        "!$&'()*+,-.0123456789;=ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"u8);

    private static readonly SearchValues<byte> Ipv6Characters = SearchValues.Create(".0123456789:ABCDEFabcdef"u8);

    /// <summary>Checks an authority and finds its parts.</summary>
    /// <param name="authority">The text; nothing may surround it.</param>
    /// <param name="hostLength">The length in bytes of the host, which is first; the brackets of an IPv6 address count.</param>
    /// <param name="port">The port, 0 to 65535; -1 if absent or empty.</param>
    /// <returns>
    /// False if the host is empty or is not a registered name, an IPv4 address or an IPv6 address in brackets, or if the port
    /// is not 1 to 5 digits up to 65535. An empty port is allowed, as RFC 3986 has it.
    /// </returns>
    public static bool TryParse(ReadOnlySpan<byte> authority, out int hostLength, out int port)
    {
        port = -1;
        hostLength = authority.IsEmpty ? 0
            : authority[0] == '[' ? AddressLength(authority)
            : NameLength(authority);
        if (hostLength <= 0)
        {
            return false;
        }

        return hostLength == authority.Length
            || (authority[hostLength] == ':' && TryParsePort(authority[(hostLength + 1)..], out port));
    }

    /// <summary>
    /// Whether two valid authorities name the same host, without regard to case, and the same port, where an absent one
    /// stands for the scheme's.
    /// </summary>
    /// <param name="left">Accepted by <see cref="TryParse"/>.</param>
    /// <param name="right">Accepted by <see cref="TryParse"/>.</param>
    /// <param name="defaultPort">80 for http, 443 for https.</param>
    public static bool AreSame(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int defaultPort) =>
        TryParse(left, out int leftHost, out int leftPort)
        && TryParse(right, out int rightHost, out int rightPort)
        && (leftPort < 0 ? defaultPort : leftPort) == (rightPort < 0 ? defaultPort : rightPort)
        && Ascii.EqualsIgnoreCase(left[..leftHost], right[..rightHost]);

    private static int NameLength(ReadOnlySpan<byte> authority)
    {
        int i = 0;
        while (true)
        {
            int stop = authority[i..].IndexOfAnyExcept(RegisteredName);
            if (stop < 0)
            {
                return authority.Length;
            }

            i += stop;
            if (authority[i] == ':')
            {
                return i;
            }

            if (!PercentEncoding.IsValidAt(authority, i))
            {
                return -1;
            }

            i += 3;
        }
    }

    private static int AddressLength(ReadOnlySpan<byte> authority)
    {
        int end = authority.IndexOf((byte)']');
        if (end < 0)
        {
            return -1;
        }

        ReadOnlySpan<byte> address = authority[1..end];
        bool valid = address.Contains((byte)':')
            && !address.ContainsAnyExcept(Ipv6Characters)
            && IPAddress.IsValidUtf8(address);
        return valid ? end + 1 : -1;
    }

    private static bool TryParsePort(ReadOnlySpan<byte> text, out int port)
    {
        port = -1;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.Length > 5)
        {
            return false;
        }

        int number = 0;
        foreach (byte digit in text)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        port = number <= ushort.MaxValue ? number : -1;
        return port >= 0;
    }
}
