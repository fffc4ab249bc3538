namespace Atlas.Core.HighAvailability;

/// <summary>When the last rounds of heartbeats were sent.</summary>
internal sealed class SentRounds
{
    // More than the echo window holds at the shortest interval, with rounds sent out of turn when the state of this node changes.
    private const int Capacity = 64;

    private readonly long[] _sentUs = new long[Capacity];

    /// <summary>The number of the last one; 0: none.</summary>
    internal ulong Last { get; private set; }

    internal ulong Add(long nowUs)
    {
        Last++;
        _sentUs[Last % Capacity] = nowUs;
        return Last;
    }

    /// <summary>When a round was sent.</summary>
    /// <returns>False: it was not, or is forgotten.</returns>
    internal bool TryFind(ulong sequence, out long sentUs)
    {
        bool isKnown = sequence != 0 && sequence <= Last && Last - sequence < Capacity;
        sentUs = isKnown ? _sentUs[sequence % Capacity] : 0;
        return isKnown;
    }
}
