namespace Atlas.Proxy.Metrics;

/// <summary>Where the numbers of a listener lie.</summary>
internal static class ListenerCells
{
    internal const int Accepted = 0;
    internal const int Open = 1;
    internal const int BytesIn = 2;
    internal const int BytesOut = 3;
    internal const int DurationSumUs = 4;
    internal const int Statuses = 5;
    internal const int Durations = Statuses + StatusClass.Count;

    internal static readonly int Errors = Durations + DurationBuckets.Count;
    internal static readonly int Repairs = Errors + ErrorCells.Count;
    internal static readonly int Intakes = Repairs + RepairCells.Count;
    internal static readonly int Handshakes = Intakes + IntakeCells.Names.Length;
    internal static readonly int Http2Ends = Handshakes + HandshakeCells.Names.Length;
    internal static readonly int Http2Connections = Http2Ends + Http2Cells.Names.Length;
    internal static readonly int Http2Open = Http2Connections + 1;
    internal static readonly int Streams = Http2Open + 1;
    internal static readonly int StreamsOpen = Streams + 1;
    internal static readonly int Count = StreamsOpen + 1;
}
