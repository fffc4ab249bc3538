using System.Text;

namespace Atlas.Proxy.Udp;

/// <summary>The words of logs and metrics: the names of ends and drops in lower case with underscores.</summary>
internal static class UdpWords
{
    /// <summary>By <see cref="UdpEnd"/>.</summary>
    internal static string[] Ends { get; } = [.. Enum.GetNames<UdpEnd>().Select(SnakeCase)];

    /// <summary>By <see cref="UdpDrop"/>.</summary>
    internal static string[] Drops { get; } = [.. Enum.GetNames<UdpDrop>().Select(SnakeCase)];

    // Below what it is made from: static fields are set in their order.
    private static byte[][] EndBytes { get; } = [.. Ends.Select(Encoding.ASCII.GetBytes)];

    internal static ReadOnlySpan<byte> Of(UdpEnd end) => EndBytes[(int)end];

    private static string SnakeCase(string name) => string.Concat(name.Select((c, i) =>
        char.IsAsciiLetterUpper(c) && i > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
