using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Metrics;

/// <summary>Where the numbers of a UDP listener lie.</summary>
internal static class UdpCells
{
    internal const int Created = 0;
    internal const int Open = 1;
    internal const int DatagramsIn = 2;
    internal const int BytesIn = 3;
    internal const int DatagramsOut = 4;
    internal const int BytesOut = 5;
    internal const int Moved = 6;
    internal const int Ends = 7;

    /// <summary>The labels of the ends and drops: the names in lower case with underscores.</summary>
    internal static readonly string[] EndNames = [.. Enum.GetNames<UdpEnd>().Select(SnakeCase)];
    internal static readonly string[] DropNames = [.. Enum.GetNames<UdpDrop>().Select(SnakeCase)];

    internal static readonly int Drops = Ends + EndNames.Length;
    internal static readonly int Count = Drops + DropNames.Length;

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsAsciiLetterUpper(c) && i > 0 ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
}
