namespace Atlas.Bench.Load;

/// <summary>What a run of UDP clients did.</summary>
/// <param name="Exchanges">Datagrams that were answered.</param>
/// <param name="Lost">Datagrams that were not.</param>
/// <param name="Seconds">From the first to the end of the run.</param>
internal sealed record UdpResult(long Exchanges, long Lost, double Seconds)
{
    internal double PerSecond => Exchanges / Seconds;
}
