using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>What is asked of a worker whose mailbox is full at that moment, with real sockets.</summary>
public sealed class FullMailboxTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly WorkerGroup _group = new(1);
    private readonly HttpProxy _proxy = new();
    private readonly HttpListener _listener = new(new HttpListenerSnapshot(
        "l", new PoolSnapshot("p", [new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 1))])));

    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _go = new();

    public void Dispose()
    {
        _go.Set();
        _group.Dispose();
        _entered.Dispose();
        _go.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void DrainOrAbort_MailboxIsFull_StillEndsTheConnection(bool abort)
    {
        BoundAddress bound = _group.Listen(
            SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(_proxy.Handler(_listener), 16, 16));
        using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        client.Connect(IPAddress.Loopback, bound.Address.Port);
        SpinWait.SpinUntil(() => bound.Options.Connections == 1, Limit).ShouldBeTrue();
        FillMailbox();
        if (abort)
        {
            _proxy.Abort(_listener, tunnels: true);
        }
        else
        {
            _proxy.Drain(_listener);
        }

        _go.Set();
        SpinWait.SpinUntil(() => bound.Options.Connections == 0, Limit).ShouldBeTrue();
    }

    /// <summary>Holds the worker up until <see cref="_go"/>, with a mailbox that takes no more.</summary>
    private void FillMailbox()
    {
        _group.Workers[0].TryPost(() =>
        {
            _entered.Set();
            _go.Wait();
        }).ShouldBeTrue();
        _entered.Wait(Limit).ShouldBeTrue();
        while (_group.Workers[0].TryPost(static () => { }))
        {
        }
    }
}
