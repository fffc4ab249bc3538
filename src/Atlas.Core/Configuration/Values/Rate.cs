namespace Atlas.Core.Configuration;

/// <summary>So many in a time, written <c>100/s</c>, <c>600/m</c> or <c>5000/h</c>.</summary>
/// <param name="Count">How many, at least 1.</param>
/// <param name="PeriodMs">In how long, in ms: 1,000, 60,000 or 3,600,000.</param>
public readonly record struct Rate(int Count, int PeriodMs)
{
    /// <summary>How many per second.</summary>
    public double PerSecond => Count * 1000.0 / PeriodMs;

    /// <summary>As it is written in a configuration.</summary>
    public override string ToString() => $"{Count}/{(PeriodMs == 1000 ? 's' : PeriodMs == 60_000 ? 'm' : 'h')}";
}
