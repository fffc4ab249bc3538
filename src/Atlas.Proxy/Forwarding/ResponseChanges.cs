using Atlas.Proxy.Affinity;
using Atlas.Proxy.RateLimiting;

namespace Atlas.Proxy.Forwarding;

/// <summary>How the head that a client gets differs from the one that a server sent, beside what HTTP asks of every proxy.</summary>
internal readonly ref struct ResponseChanges
{
    /// <summary>What the route changes. Interim responses lose fields, but get none.</summary>
    internal required HeaderRules Rules { get; init; }

    /// <summary>Added when the server sent none.</summary>
    internal required ReadOnlySpan<byte> Date { get; init; }

    /// <summary>What the client is told of its server and session.</summary>
    internal ClientBinding Binding { get; init; }

    /// <summary>What the client is told of the route's rate limit, in place of what the server says of its own.</summary>
    internal RateLimitReport Limit { get; init; }

    /// <summary>What <c>Sec-WebSocket-Accept</c> is to say, where the server did not; empty: nothing.</summary>
    internal ReadOnlySpan<byte> Accept { get; init; }
}
