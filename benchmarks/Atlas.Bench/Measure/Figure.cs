namespace Atlas.Bench.Measure;

/// <summary>Something that a scenario measures of each peer in each round.</summary>
/// <param name="Name">What the table calls it, with its unit.</param>
/// <param name="Decimals">Digits after the point.</param>
/// <param name="Better">Which of two values is the better one.</param>
internal sealed record Figure(string Name, int Decimals, Better Better)
{
    internal static Figure CpuPerRequest { get; } = new("CPU µs/request", 1, Better.Lower);

    internal static Figure CpuPerDatagram { get; } = new("CPU µs/datagram", 2, Better.Lower);

    internal static Figure DatagramsPerSecond { get; } = new("datagrams/s", 0, Better.Higher);

    internal static Figure CpuPerDatagramAtRate { get; } = new("CPU µs/datagram at the rate", 2, Better.Lower);

    internal static Figure LostAtRate { get; } = new("lost at the rate", 0, Better.Neither);

    internal static Figure PerSecond { get; } = new("requests/s", 0, Better.Higher);

    internal static Figure Load { get; } = new("core busy %", 0, Better.Neither);

    internal static Figure P50 { get; } = new("p50 µs", 0, Better.Lower);

    internal static Figure P99 { get; } = new("p99 µs", 0, Better.Lower);

    internal static Figure P999 { get; } = new("p99.9 µs", 0, Better.Lower);

    internal static Figure StartMs { get; } = new("start ms", 0, Better.Lower);

    internal static Figure ResidentMiB { get; } = new("resident MiB", 1, Better.Lower);

    internal static Figure BytesPerConnection { get; } = new("bytes/idle connection", 0, Better.Lower);
}
