using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Upstream;

/// <summary>Connects to servers: the one place that does, for requests and their copies.</summary>
internal static class ServerDialer
{
    /// <summary>Makes a connection.</summary>
    /// <param name="loop">The worker's.</param>
    /// <param name="server">Where to.</param>
    /// <param name="deadlineMs">The loop's time at which it gives up.</param>
    internal static async ResultFlow<Dialed> DialAsync(EventLoop loop, ServerState server, long deadlineMs)
    {
        ConnectResult result = await loop.ConnectAsync(server.Address, deadlineMs);
        return result.Stream is null ? Failed(result.Error) : new Dialed(result.Stream, ProxyError.None);
    }

    private static Dialed Failed(int error) => new(
        Stream: null,
        error == Errno.ETIMEDOUT ? ProxyError.ConnectTimeout : ProxyError.ConnectFailed,
        ConnectErrors.AreOurs(error));
}
