namespace Atlas.Core.Balancing;

/// <summary>Makes many random numbers of one: SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number
/// Generators, OOPSLA 2014).</summary>
/// <param name="random">64 random bits.</param>
internal struct Mixer(ulong random)
{
    private ulong _state = random;

    /// <summary>The next 64 random bits.</summary>
    internal ulong Next() => KeyHash.Mix(unchecked(_state += KeyHash.Golden));

    /// <summary>A random number from 0 to below a limit; each as probable as the others to one part in 2^64/limit.</summary>
    internal long Below(long limit) => (long)Math.BigMul(Next(), (ulong)limit, out _);
}
