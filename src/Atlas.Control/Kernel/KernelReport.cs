namespace Atlas.Control.Kernel;

/// <summary>What the kernel has counted, and how Atlas' rules in it are.</summary>
public sealed record KernelReport
{
    /// <summary>The listeners in kernel mode, in the order of the file.</summary>
    public required IReadOnlyList<KernelListenerCounts> Listeners { get; init; }

    /// <summary>How old the counters are, in seconds.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary>Rulesets that took effect.</summary>
    public required long Rulesets { get; init; }

    /// <summary>Attempts to write one that failed.</summary>
    public required long Failures { get; init; }
}
