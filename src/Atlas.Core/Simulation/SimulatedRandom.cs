using Atlas.Core.Balancing;

namespace Atlas.Core.Simulation;

/// <summary>Random numbers from a seed, the same on every machine.</summary>
/// <param name="seed">The seed.</param>
internal struct SimulatedRandom(ulong seed)
{
    private Mixer _mixer = new(seed);

    /// <summary>64 random bits.</summary>
    public ulong Next() => _mixer.Next();

    /// <summary>A number from 0 to below 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>The time to the next of events that come independently of each other.</summary>
    /// <param name="mean">The mean time.</param>
    public double Exponential(double mean) => -mean * Math.Log(1 - Unit());
}
