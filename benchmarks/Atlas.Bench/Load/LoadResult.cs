namespace Atlas.Bench.Load;

/// <summary>What a run of clients did.</summary>
/// <param name="Requests">Exchanges that ended well.</param>
/// <param name="Seconds">From the first request to the last response.</param>
/// <param name="LatenciesUs">Of a run at a fixed rate: ordered, in microseconds; else empty.</param>
internal sealed record LoadResult(long Requests, double Seconds, IReadOnlyList<double> LatenciesUs)
{
    internal double PerSecond => Requests / Seconds;
}
