using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>What a connection costs that says nothing: real sockets, the whole session, without the kernel's part.</summary>
public sealed class IdleConnectionTests
{
    private const int Connections = 500;

    // The target of the design is 1 KiB of resident memory; the heap has some slack of its own on top of this.
    private const int MaxBytes = 800;

    [Fact]
    public void Session_Idle_CostsLittle()
    {
        using var group = new WorkerGroup(1);
        var state = new ServerState("s", SocketAddress.OfIp(IPAddress.Loopback, 1));
        var listener = new HttpListener(new HttpListenerSnapshot("l", new PoolSnapshot("p", [state])));
        BoundAddress bound = group.Listen(
            SocketAddress.OfIp(IPAddress.Loopback, 0),
            new ListenOptions(new HttpProxy().Handler(listener), 4096, 10_000));
        List<Socket> clients = [];
        Open();
        long before = Allocated();
        Open();
        long perConnection = (Allocated() - before) / Connections;
        clients.ForEach(client => client.Dispose());

        perConnection.ShouldBeLessThanOrEqualTo(MaxBytes);
        TestContext.Current.SendDiagnosticMessage("{0} bytes per idle connection", perConnection);

        void Open()
        {
            for (int i = 0; i < Connections; i++)
            {
                var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
                client.Connect(IPAddress.Loopback, bound.Address.Port);
                clients.Add(client);
            }

            SpinWait.SpinUntil(() => bound.Options.Connections == clients.Count, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        }

        // The turn that runs this comes after those that accepted.
        long Allocated()
        {
            using var done = new ManualResetEventSlim();
            long bytes = 0;
            group.Workers[0].TryPost(() =>
            {
                bytes = GC.GetAllocatedBytesForCurrentThread();
                done.Set();
            });
            done.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
            return bytes;
        }
    }
}
