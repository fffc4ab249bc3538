using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Workers that end close the streams of their sessions, which must then end too: no worker could go on else.</summary>
public sealed class EndingWorkerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public async Task Workers_EndWithIdleConnections_End(int closeSpreadMs)
    {
        var group = new WorkerGroup(1);
        var proxy = new HttpProxy();
        (HttpListener listener, BoundAddress bound) = Listen(group, proxy, port: 1);
        using Socket client = await ConnectAsync(bound.Address.Port);
        SpinWait.SpinUntil(() => bound.Options.Connections == 1, Deadline).ShouldBeTrue();
        if (closeSpreadMs >= 0)
        {
            proxy.Drain(listener, closeSpreadMs);
        }

        await Task.Run(group.Dispose).WaitAsync(Deadline);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Workers_EndWithATunnel_End(bool halfClosed)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var group = new WorkerGroup(1);
        (_, BoundAddress bound) = Listen(group, new HttpProxy(), ((IPEndPoint)server.LocalEndpoint).Port);
        using Socket client = await ConnectAsync(bound.Address.Port);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"u8.ToArray());
        using Socket upstream = await server.AcceptSocketAsync().WaitAsync(Deadline);
        byte[] buffer = new byte[4096];
        (await upstream.ReceiveAsync(buffer).WaitAsync(Deadline)).ShouldBePositive();
        await upstream.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"u8.ToArray());
        (await client.ReceiveAsync(buffer).WaitAsync(Deadline)).ShouldBePositive();
        if (halfClosed)
        {
            client.Shutdown(SocketShutdown.Send);
            (await upstream.ReceiveAsync(buffer).WaitAsync(Deadline)).ShouldBe(0);
        }

        await Task.Run(group.Dispose).WaitAsync(Deadline);
    }

    private static (HttpListener Listener, BoundAddress Bound) Listen(WorkerGroup group, HttpProxy proxy, int port)
    {
        var state = new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, port));
        var listener = new HttpListener(new HttpListenerSnapshot("l", new PoolSnapshot("p", [state])));
        BoundAddress bound = group.Listen(
            SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(proxy.Handler(listener), 64, 100));
        return (listener, bound);
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }
}
