using Atlas.Control.Configuration.Kinds;
using Atlas.Core.Health;

namespace Atlas.Control.Pools;

/// <summary>What an operator asks of a server. What is null stays as it is.</summary>
public sealed record ServerOrder
{
    /// <summary>The largest weight, as in the configuration.</summary>
    public const int MaxWeight = ushort.MaxValue;

    /// <summary>The longest <see cref="DeadlineMs"/>: a day.</summary>
    public const int MaxDeadlineMs = 24 * 60 * 60 * 1_000;

    /// <summary>The state.</summary>
    public AdminState? State { get; init; }

    /// <summary>The share against the others, 0 to <see cref="MaxWeight"/>; 0: no new requests.</summary>
    public int? Weight { get; init; }

    /// <summary>Only with <see cref="AdminState.Drain"/>: milliseconds after which clients that stick to the server have to
    /// leave it as well, since it is then in maintenance. 1 to <see cref="MaxDeadlineMs"/>; null: they may stay. What runs
    /// then is not cut.</summary>
    public int? DeadlineMs { get; init; }

    /// <summary>Reads a deadline as the configuration writes durations: <c>90s</c>, <c>10m</c>.</summary>
    /// <returns>False: it is none, or out of range.</returns>
    public static bool TryParseDeadline(string text, out int deadlineMs)
    {
        string? hint = null;
        bool isDeadline = Durations.TryParse(text, out long ms, ref hint) && ms is >= 1 and <= MaxDeadlineMs;
        deadlineMs = isDeadline ? (int)ms : 0;
        return isDeadline;
    }

    /// <summary>Checks all ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Check()
    {
        if (Weight is int weight)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(Weight));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(weight, MaxWeight, nameof(Weight));
        }

        if (DeadlineMs is int deadlineMs)
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(State, AdminState.Drain, nameof(State));
            ArgumentOutOfRangeException.ThrowIfLessThan(deadlineMs, 1, nameof(DeadlineMs));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(deadlineMs, MaxDeadlineMs, nameof(DeadlineMs));
        }
    }
}
