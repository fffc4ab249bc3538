using Atlas.Core.Balancing;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Queueing;

/// <summary>What a server is looked for: a request, or a connection that is passed on unread. Used on its loop's thread; while it
/// waits in a <see cref="PoolQueue"/>, under the queue's lock.</summary>
internal interface IServerSeeker
{
    /// <summary>The pool that the server is one of.</summary>
    PoolSnapshot? Pool { get; }

    /// <summary>The servers that failed it, by their place in the pool.</summary>
    ReadOnlySpan<int> Tried { get; }

    /// <summary>What a server is picked for.</summary>
    /// <param name="random">64 random bits.</param>
    /// <param name="nowUs">The loop's time.</param>
    PickRequest PickFor(ulong random, long nowUs);

    /// <summary>Goes on with another snapshot of its pool. O(servers).</summary>
    void MoveTo(PoolSnapshot pool);
}
