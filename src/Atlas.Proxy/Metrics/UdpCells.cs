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
    internal const int Unanswered = 7;
    internal const int Ends = 8;

    internal static readonly int Drops = Ends + UdpWords.Ends.Length;
    internal static readonly int Count = Drops + UdpWords.Drops.Length;
}
