using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Upstream;

/// <summary>A request that waits for a connection of HTTP/2 to be made. Part of its try and reused with it.</summary>
internal sealed class Http2Waiter(EventLoop loop)
{
    /// <summary>The worker's.</summary>
    internal EventLoop Loop => loop;

    /// <summary>What it waits on.</summary>
    internal LoopWait Wait { get; } = new(loop);

    /// <summary>How the connection failed that it waited for; none: it may look again.</summary>
    internal Dialed Failure { get; set; }

    /// <summary>Whether it waited for one that failed.</summary>
    internal bool HasFailed => Failure.Error != ProxyError.None;
}
