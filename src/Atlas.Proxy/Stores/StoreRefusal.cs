namespace Atlas.Proxy.Stores;

/// <summary>What a store of Redis refuses, as all its workers found it: what one of them finds to be over is so for all. Any thread.</summary>
/// <remarks>
/// <code>
/// refused                                       is over, 10 s after the last refusal at the earliest, with
/// any write: OOM, READONLY, MISCONF, NOREPLICAS a write of <see cref="RefusalTrial"/> that is done
/// what the user may not (NOPERM)                a call of the same command or script that is done
/// </code>
/// That a script is done says little of writes, which it may have gone without.
/// </remarks>
internal sealed class StoreRefusal
{
    /// <summary>How long a refusal counts at least, in milliseconds.</summary>
    internal const int LastingMs = 10_000;

    // While there is one, this often is looked at the next.
    private const int LookMs = 1_000;

    private Refused? _refused;

    /// <summary>What it makes of the store; null: nothing is refused.</summary>
    internal StoreHealth? Health => Volatile.Read(ref _refused)?.Health;

    /// <summary>When something was refused last; null: nothing is.</summary>
    internal long? AtMs => Volatile.Read(ref _refused)?.AtMs;

    /// <summary>A key of a call that was refused, if only a write can tell that it is over; empty: otherwise.</summary>
    internal ReadOnlyMemory<byte> Key => Volatile.Read(ref _refused) is { IsOfWrites: true } refused ? refused.Key : default;

    /// <summary>A call was refused. Of two reasons the first counts, for as long as it is met.</summary>
    /// <param name="call">The call, not yet given back.</param>
    /// <param name="topology">The servers that it went to.</param>
    /// <param name="nowMs">The time.</param>
    /// <returns>Whether the store is otherwise than before.</returns>
    internal bool Add(RedisCall call, RedisTopology topology, long nowMs)
    {
        Refused? known = Volatile.Read(ref _refused);
        if (known is not null && nowMs - known.AtMs < LookMs)
        {
            return false;
        }

        string reason = ReasonOf(call.Error);
        bool isSame = known?.Reason == reason;
        if (known is not null && !isSame && nowMs - known.AtMs < LastingMs)
        {
            return false;
        }

        StoreHealth health = isSame ? known!.Health : new StoreHealth(StoreCondition.Refusing, $"it answers with {reason}");
        var head = new CommandHead(call.Written);
        bool isOfWrites = RedisError.IsOfWrites(call.Error) && !head.Key.IsEmpty;
        var refused = new Refused(reason, health, isOfWrites, head.Name.ToArray(), head.Script.ToArray(), head.Key.ToArray(), topology, nowMs);
        return Interlocked.CompareExchange(ref _refused, refused, known) == known && !isSame;
    }

    /// <summary>A call was done.</summary>
    /// <returns>Whether nothing is refused any more.</returns>
    internal bool Done(RedisCall call, long nowMs)
    {
        Refused? known = Volatile.Read(ref _refused);
        if (known is not { IsOfWrites: false } || nowMs - known.AtMs < LastingMs)
        {
            return false;
        }

        var head = new CommandHead(call.Written);
        return head.Name.SequenceEqual(known.Command) && head.Script.SequenceEqual(known.Script)
            && Interlocked.CompareExchange(ref _refused, null, known) == known;
    }

    /// <summary>A write was tried.</summary>
    /// <param name="isDone">Whether it was done; otherwise it was refused.</param>
    /// <param name="nowMs">The time.</param>
    /// <returns>Whether nothing is refused any more.</returns>
    internal bool Tried(bool isDone, long nowMs)
    {
        Refused? known = Volatile.Read(ref _refused);
        return known is { IsOfWrites: true } && nowMs - known.AtMs >= LastingMs
            && Interlocked.CompareExchange(ref _refused, isDone ? null : known with { AtMs = nowMs }, known) == known && isDone;
    }

    /// <summary>The store is on these servers now; what others refused says nothing of them.</summary>
    internal void Follow(RedisTopology topology)
    {
        Refused? known = Volatile.Read(ref _refused);
        if (known is not null && known.Topology != topology)
        {
            Interlocked.CompareExchange(ref _refused, null, known);
        }
    }

    /// <summary>What an error says, without where in which script it came up, which differs between calls for the same reason.</summary>
    internal static string ReasonOf(ReadOnlySpan<byte> error)
    {
        // Of Redis 7 and Valkey: "OOM command not allowed … script: HASH, on @user_script:3."
        error = RedisError.WithoutPlace(error);
        int script = error.IndexOf(" script: "u8);
        return RedisCall.Printable(script < 0 ? error : error[..script]);
    }

    private sealed record Refused(
        string Reason, StoreHealth Health, bool IsOfWrites, byte[] Command, byte[] Script, byte[] Key, RedisTopology Topology, long AtMs);
}
