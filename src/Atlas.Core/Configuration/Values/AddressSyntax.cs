using System.Globalization;
using System.Text;

namespace Atlas.Core.Configuration;

/// <summary>The parts of an address as configurations write it.</summary>
internal static class AddressSyntax
{
    /// <summary>What a Unix socket's path is marked with.</summary>
    public const string UnixMark = "unix:";

    /// <summary>The most bytes of a Unix socket's path: <c>sun_path</c> of <c>unix(7)</c> holds 108 with the closing 0.</summary>
    public const int MaxUnixPathBytes = 107;

    /// <summary>Takes the path out of <c>unix:/path</c>.</summary>
    public static bool TryParseUnix(string text, out string path)
    {
        path = text.StartsWith(UnixMark, StringComparison.Ordinal) ? text[UnixMark.Length..] : "";
        return path.StartsWith('/') && path.Length > 1 && !path.Contains('\0', StringComparison.Ordinal)
            && Encoding.UTF8.GetByteCount(path) <= MaxUnixPathBytes;
    }

    /// <summary>Takes apart <c>host:port</c> and <c>[v6]:port</c>.</summary>
    /// <param name="text">The address.</param>
    /// <param name="host">The host, without brackets.</param>
    /// <param name="inBrackets">Whether the host stood in brackets, as IPv6 must.</param>
    /// <param name="port">0 to 65535.</param>
    public static bool TrySplitPort(ReadOnlySpan<char> text, out ReadOnlySpan<char> host, out bool inBrackets, out int port)
    {
        int colon = text.LastIndexOf(':');
        host = colon > 0 ? text[..colon] : default;
        inBrackets = host is ['[', .., ']'];
        host = inBrackets ? host[1..^1] : host;
        port = 0;
        return !host.IsEmpty
            && host.Contains(':') == inBrackets
            && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
            && port <= ushort.MaxValue;
    }
}
