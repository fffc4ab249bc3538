using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tcp;
using Atlas.Proxy.Tests.Logging;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;
using TcpListener = Atlas.Proxy.Tcp.TcpListener;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>What connections have of the worker that they are on.</summary>
public sealed class TcpWorkerTests
{
    // What one worker writes to, another protocol's proxy writes to on the same worker, and no other worker may.
    [Fact]
    public async Task Connection_OnAWorkerThatComesFirst_WritesToTheWorkersOwnPartOfTheLog()
    {
        using var workers = new WorkerGroup(2);
        var log = new AccessLog(new CollectingDestination(), "test", workers: 2, 1 << 18, _ => { });
        AccessLogWriter[] writers = [log.Writer(0, AccessLogFormat.Json), log.Writer(1, AccessLogFormat.Json)];
        var listener = new TcpListener(new TcpListenerSnapshot("front") { Pool = new PoolSnapshot("pool", []), AccessLog = writers });
        IConnectionHandler handler = new TcpProxy().Handler(listener);
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        peer.Listen();
        var address = SocketAddress.OfIp(IPAddress.Loopback, ((IPEndPoint)peer.LocalEndPoint!).Port);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Worker last = workers.Workers[1];

        async Flow TakeAsync()
        {
            ConnectResult connected = await last.ConnectAsync(address, long.MaxValue);
            handler.OnAccepted(last, connected.Stream!, address, ended.SetResult);
        }

        last.TryPost(() => TakeAsync().Detach()).ShouldBeTrue();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        writers.Select(writer => writer.Written).ShouldBe([0, 1]);
        log.Stop(30_000).ShouldBeTrue();
    }
}
