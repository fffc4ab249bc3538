using System.Diagnostics;
using System.Net;
using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Bench.Load;

/// <summary>Clients of one proxy that share an exchange. Their connections stay open from run to run. Disposing closes
/// them.</summary>
internal sealed class ClientGroup : ILoad
{
    private readonly EventLoop _loop;
    private readonly ClientConnection[] _clients;

    /// <summary>Clients that are not connected yet.</summary>
    /// <param name="loop">Where they run.</param>
    /// <param name="port">The proxy's port.</param>
    /// <param name="exchange">What each does again and again.</param>
    /// <param name="connections">How many they are.</param>
    /// <param name="ip">The proxy's address; null: 127.0.0.1.</param>
    /// <param name="tls">Makes the TLS of a client; null: plain text.</param>
    internal ClientGroup(
        EventLoop loop, int port, Exchange exchange, int connections, IPAddress? ip = null, Func<ClientTls>? tls = null)
    {
        _loop = loop;
        SocketAddress proxy = SocketAddress.OfIp(ip ?? IPAddress.Loopback, port);
        _clients = [.. Enumerable.Range(0, connections).Select(_ => new ClientConnection(loop, proxy, exchange, tls?.Invoke()))];
    }

    /// <summary>As the interface says; each client does at least one.</summary>
    public Task<LoadResult> RunAsync(double seconds) => new ClosedRun(_clients, seconds).StartAsync(_loop);

    /// <summary>As many exchanges at a fixed rate.</summary>
    /// <exception cref="BenchException">An exchange failed.</exception>
    internal Task<LoadResult> RunAtRateAsync(double perSecond, int requests) =>
        new FixedRateRun(_loop, _clients, perSecond, requests).StartAsync();

    /// <summary>Each client does one exchange, some at a time, and stays connected.</summary>
    /// <exception cref="BenchException">An exchange failed.</exception>
    internal async Task<LoadResult> RunEachOnceAsync(int atOnce)
    {
        var watch = Stopwatch.StartNew();
        foreach (ClientConnection[] some in _clients.Chunk(atOnce))
        {
            await new ClosedRun(some, seconds: 0).StartAsync(_loop);
        }

        return new LoadResult(_clients.Length, watch.Elapsed.TotalSeconds, []);
    }

    public async ValueTask DisposeAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _loop.TryPost(() =>
        {
            Array.ForEach(_clients, client => client.Close());
            closed.SetResult();
        });
        await closed.Task;
    }
}
