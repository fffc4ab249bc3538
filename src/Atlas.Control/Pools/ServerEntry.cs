using Atlas.Core.Balancing;
using Atlas.Core.Health;

namespace Atlas.Control.Pools;

/// <summary>What a <see cref="PoolWatch"/> knows of a server, under its lock.</summary>
internal sealed class ServerEntry(string pool, BalancedServer server)
{
    // A worker may have picked the server just before it was told not to, and begin there just after. Longer than that takes.
    private const int SettleMs = 200;

    private long _settledAtMs = long.MinValue;
    private bool _isRemoved;

    internal string Pool { get; } = pool;

    internal BalancedServer Server { get; } = server;

    /// <summary>When its drain becomes maintenance; <see cref="long.MaxValue"/>: never.</summary>
    internal long DeadlineMs { get; private set; } = long.MaxValue;

    /// <summary>Whether somebody waits to hear that nothing is left.</summary>
    internal bool IsLeaving { get; private set; }

    /// <summary>Requests and connections under way, flows in the kernel, and requests that wait for it.</summary>
    internal int Left => Server.Active + Server.Forwarded + Server.Queued;

    /// <summary>Such as <c>1 request is</c>.</summary>
    internal static string Requests(int count) => count == 1 ? "1 request is" : $"{count} requests are";

    /// <summary>Does what an operator asks.</summary>
    /// <returns>What has changed by it.</returns>
    internal IEnumerable<(PoolChangeKind Kind, string Text)> Order(ServerOrder order, long nowMs)
    {
        if (order.State is AdminState state)
        {
            AdminState before = Server.Admin;
            Server.Admin = state;
            DeadlineMs = order.DeadlineMs is int ms ? nowMs + ms : long.MaxValue;
            if (state != before)
            {
                yield return Turned(state, before, nowMs);
            }
        }

        if (order.Weight is int weight && weight != Server.Weight)
        {
            string text = $"weight {weight}, was {Server.Weight}";
            Server.Weight = weight;
            yield return (PoolChangeKind.Weight, text);
        }
    }

    /// <summary>What was asked of it and is so still; null: nothing.</summary>
    internal StandingOrder? Standing(long nowMs)
    {
        AdminState state = Server.Admin;
        if (state == AdminState.Ready && !Server.IsWeightOrdered)
        {
            return null;
        }

        bool hasDeadline = state == AdminState.Drain && DeadlineMs != long.MaxValue;
        return new StandingOrder(Pool, Server.Name, new ServerOrder
        {
            State = state,
            Weight = Server.IsWeightOrdered ? Server.Weight : null,
            DeadlineMs = hasDeadline ? (int)Math.Clamp(DeadlineMs - nowMs, 1, ServerOrder.MaxDeadlineMs) : null,
        });
    }

    /// <summary>Ends its drain when that is due.</summary>
    /// <returns>What has changed by it; null: nothing.</returns>
    internal (PoolChangeKind Kind, string Text)? EndDrain(long nowMs)
    {
        if (DeadlineMs > nowMs)
        {
            return null;
        }

        DeadlineMs = long.MaxValue;
        Server.Admin = AdminState.Maintenance;
        return (PoolChangeKind.Maintenance, $"maintenance, since the deadline of its drain has come: {Requests(Left)} left");
    }

    /// <summary>The configuration has it no more. What is asked of it stays: requests of the last configuration may yet choose
    /// it, and it may be all they have.</summary>
    internal void Remove(long nowMs)
    {
        _isRemoved = true;
        DeadlineMs = long.MaxValue;
        Leave(nowMs);
    }

    /// <summary>It takes requests again, or it was heard that nothing is left.</summary>
    internal void Settle() => IsLeaving = false;

    /// <summary>Whether nothing is left, and nothing new comes.</summary>
    internal bool IsEmpty(long nowMs) =>
        (_isRemoved || Server.Admin != AdminState.Ready) && nowMs >= _settledAtMs && Left == 0;

    private void Leave(long nowMs)
    {
        _settledAtMs = nowMs + SettleMs;
        IsLeaving = true;
    }

    private (PoolChangeKind Kind, string Text) Turned(AdminState state, AdminState before, long nowMs)
    {
        string was = $", was {before.ToString().ToLowerInvariant()}";
        switch (state)
        {
            case AdminState.Ready:
                Settle();
                return (PoolChangeKind.Ready, $"ready{was}");
            case AdminState.Drain:
                Leave(nowMs);
                return (PoolChangeKind.Drain, $"drain{was}: {Requests(Left)} left");
            case AdminState.Maintenance:
                Leave(nowMs);
                return (PoolChangeKind.Maintenance, $"maintenance{was}: {Requests(Left)} left");
            default:
                throw new ArgumentOutOfRangeException(nameof(state));
        }
    }
}
