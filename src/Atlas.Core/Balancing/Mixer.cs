namespace Atlas.Core.Balancing;

/// <summary>Makes many random numbers of one: SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number
/// Generators, OOPSLA 2014).</summary>
/// <param name="random">64 random bits.</param>
internal struct Mixer(ulong random)
{
    private ulong _state = random;

    /// <summary>The next 64 random bits.</summary>
    internal ulong Next()
    {
        unchecked
        {
            _state += 0x9E37_79B9_7F4A_7C15;
            ulong z = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
            z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A random number from 0 to below a limit; each as probable as the others to one part in 2^64/limit.</summary>
    internal long Below(long limit) => (long)Math.BigMul(Next(), (ulong)limit, out _);
}
