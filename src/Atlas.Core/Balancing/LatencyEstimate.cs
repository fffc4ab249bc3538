namespace Atlas.Core.Balancing;

/// <summary>
/// How long a server takes to answer: an average that follows a rise at once and a fall slowly (the peak EWMA of Twitter's
/// Finagle). An observation counts the more, the longer the one before is past, so that the rate of requests does not matter;
/// and an estimate that nothing renews fades, so that a server which was slow is asked again. Any thread observes and reads:
/// both numbers are one word, changed by compare and swap.
/// </summary>
internal struct LatencyEstimate
{
    // What an observation of a server that gets none loses two thirds of its weight in. With Finagle's 10 s, a server that was
    // fifty times slower gets its first request after 40 s, with 2 s after 8 s, and meanwhile no more than one in 2 s.
    private const int DecayMs = 2_000;

    // e^(-t / DecayMs) as the product of two that are looked up, for it is asked several times per pick: t in steps of Fine ms up
    // to Fine * Coarse = 65 s, where no more than 10^-14 is left, and the rest in ms.
    private const int Fine = 256;
    private const int Coarse = 256;

    private static readonly double[] FineParts = Parts(1, Fine);
    private static readonly double[] CoarseParts = Parts(Fine, Coarse);

    // Changes that others may make while one is computed; what is observed then is lost.
    private const int MaxTries = 4;

    // The bits of the estimate in µs as a float above, the low 32 bits of its time in ms below; 0: nothing is known.
    private long _word;

    /// <summary>Takes one observation.</summary>
    /// <param name="latencyUs">How long an answer took.</param>
    /// <param name="nowUs">The time in µs, by any clock that never goes back.</param>
    public void Observe(long latencyUs, long nowUs)
    {
        float latency = Math.Max(latencyUs, 1);
        for (int i = 0; i < MaxTries; i++)
        {
            long word = Volatile.Read(ref _word);
            float estimate = Estimate(word);
            if (latency < estimate)
            {
                int passedMs = PassedMs(word, nowUs);
                if (passedMs == 0)
                {
                    return;
                }

                latency += (float)((estimate - latency) * Remaining(passedMs));
            }

            if (Interlocked.CompareExchange(ref _word, Word(latency, nowUs), word) == word)
            {
                return;
            }
        }
    }

    /// <summary>The estimate in µs, as far as it has faded; 0: nothing is known.</summary>
    /// <param name="nowUs">The time, by the clock of <see cref="Observe"/>.</param>
    public readonly double At(long nowUs)
    {
        long word = Volatile.Read(in _word);
        return word == 0 ? 0 : Estimate(word) * Remaining(PassedMs(word, nowUs));
    }

    private static double Remaining(int passedMs)
    {
        int coarse = Math.Min(passedMs / Fine, Coarse - 1);
        return CoarseParts[coarse] * FineParts[passedMs % Fine];
    }

    private static double[] Parts(int stepMs, int count) =>
        [.. Enumerable.Range(0, count).Select(i => Math.Exp(-(double)(i * stepMs) / DecayMs))];

    // Workers' clocks differ by what their turns take.
    private static int PassedMs(long word, long nowUs) => Math.Max((int)((uint)(nowUs / 1_000) - (uint)word), 0);

    private static float Estimate(long word) => BitConverter.Int32BitsToSingle((int)(word >> 32));

    private static long Word(float estimate, long nowUs) =>
        ((long)BitConverter.SingleToInt32Bits(estimate) << 32) | (uint)(nowUs / 1_000);
}
