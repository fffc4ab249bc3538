namespace Atlas.Control.Kernel;

/// <summary>What a <see cref="KernelForwarder"/> needs.</summary>
public sealed record KernelOptions
{
    /// <summary>The table's name: letters, digits and underscores, a letter first. Another process must not use it.</summary>
    public required string Table { get; init; }

    /// <summary>Whose it is, for whoever lists it: the configuration's file.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Whether another process has the table, and nothing is written before <see cref="KernelForwarder.TakeOver"/>.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Runs <c>nft</c> and <c>conntrack</c>.</summary>
    public IProgramRunner Programs { get; init; } = new ProgramRunner();

    /// <summary>The clock of events, and the timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears of what happens, on any thread. Must not block, nor call the forwarder.</summary>
    public Action<KernelEvent> Changed { get; init; } = _ => { };
}
