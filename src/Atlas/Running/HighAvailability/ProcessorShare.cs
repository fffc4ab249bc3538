namespace Atlas.Running.HighAvailability;

/// <summary>Keeps a thread that everything else has to give way to from taking a whole processor, whatever keeps it busy: a flood of
/// packets, or of changes of interfaces. It may run as long as it likes for <see cref="BurstUs"/>, and for a quarter of the time in the
/// long run; past that it rests. In its own work it takes a thousandth.</summary>
internal struct ProcessorShare
{
    /// <summary>What it may take at once, in microseconds: some thousand packets.</summary>
    internal const long BurstUs = 10_000;

    /// <summary>The longest rest, in milliseconds: as long as the shortest interval of advertisements.</summary>
    internal const int MaxRestMs = 10;

    private const int Share = 4;
    private const long MicrosecondsPerMillisecond = 1_000;

    private long _fullAtUs;
    private long _usedUs;

    /// <summary>Says how long to rest now.</summary>
    /// <param name="nowUs">The time, in microseconds of any clock that never goes back.</param>
    /// <param name="usedUs">For how long the thread has run in all, in microseconds.</param>
    /// <param name="deadlineUs">When it has to run again; it may be a millisecond late.</param>
    /// <returns>Milliseconds; 0: not at all.</returns>
    internal int RestMs(long nowUs, long usedUs, long deadlineUs)
    {
        // What was used moves the moment at which all is there again; who is past it has saved nothing.
        _fullAtUs = Math.Max(_fullAtUs, nowUs) + ((usedUs - _usedUs) * Share);
        _usedUs = usedUs;
        long restUs = Math.Min(_fullAtUs - nowUs - (BurstUs * Share), deadlineUs - nowUs);
        return (int)Math.Clamp((restUs + MicrosecondsPerMillisecond - 1) / MicrosecondsPerMillisecond, 0, MaxRestMs);
    }
}
