using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Datagrams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Workers;

/// <summary>Accepting and ending, with real sockets.</summary>
[Collection(nameof(AloneCollection))]
public sealed class WorkerGroupTests
{
    [Fact]
    public void Accept_TenLongLivedOnTwoWorkers_SpreadsThemEvenly()
    {
        for (int round = 0; round < 10; round++)
        {
            using var group = new WorkerGroup(2);
            var holder = new Holder();
            BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(holder, 128, 100));
            List<SystemSocket> clients = [.. Enumerable.Range(0, 10).Select(_ => Clients.Connect(bound.Address))];
            Eventually.So(() => holder.Count == 10);
            int[] perWorker = [.. group.Workers.Select(worker => worker.Connections)];
            perWorker.Sum().ShouldBe(10);
            perWorker.Min().ShouldBeGreaterThanOrEqualTo(4, string.Join('/', perWorker));
            holder.Threads.Count.ShouldBe(2);
            clients.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public void Accept_AtTheLimit_PausesAndGoesOnWhenOneLeaves()
    {
        using var group = new WorkerGroup(2);
        var holder = new Holder();
        var options = new ListenOptions(holder, 128, maxConnections: 3);
        BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), options);
        List<SystemSocket> clients = [.. Enumerable.Range(0, 5).Select(_ => Clients.Connect(bound.Address))];
        Eventually.So(() => holder.Count == 3);
        options.AcceptErrors.ShouldBe(0);

        holder.CloseOne();
        Eventually.So(() => holder.Count == 4);
        holder.CloseOne();
        Eventually.So(() => holder.Count == 5);
        holder.Most.ShouldBe(3, "never more than the limit");
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Accept_OfIp_HasTheOptionsOfConnections(string ip)
    {
        using var group = new WorkerGroup(1);
        var holder = new Holder();
        BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Parse(ip), 0), new ListenOptions(holder, 128, 10));
        using SystemSocket client = Clients.Connect(bound.Address);
        Eventually.So(() => holder.Count == 1);
        int descriptor = holder.Descriptors.Single();
        OptionOf(descriptor, SOL_SOCKET, SO_KEEPALIVE).ShouldBe(1);
        OptionOf(descriptor, IPPROTO_TCP, TCP_NODELAY).ShouldBe(1);
        string flags = File.ReadLines($"/proc/self/fdinfo/{descriptor}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
        int octal = Convert.ToInt32(flags["flags:".Length..].Trim(), 8);
        (octal & SOCK_CLOEXEC).ShouldNotBe(0, "a program that is started must not inherit connections");
        (octal & SOCK_NONBLOCK).ShouldNotBe(0);
        var own = (IPEndPoint)client.LocalEndPoint!;
        holder.Peers.Single().ShouldBe(SocketAddress.OfIp(own.Address, own.Port));
    }

    [Fact]
    public void Connect_OfIp_HasTheOptionsOfConnections()
    {
        using var world = new SocketWorld(IPAddress.Loopback);
        SocketAddress address = world.Listen(new Acceptor(world.Loop));
        world.Run(async () =>
        {
            ConnectResult result = await world.Loop.ConnectAsync(address, world.Loop.NowMs + 10_000);
            int descriptor = ((SocketStream)result.Stream!).Descriptor;
            OptionOf(descriptor, SOL_SOCKET, SO_KEEPALIVE).ShouldBe(1);
            OptionOf(descriptor, IPPROTO_TCP, TCP_NODELAY).ShouldBe(1);
            result.Stream!.Close();
        });
    }

    [Fact]
    public void Listen_BothWildcards_ShareAPort()
    {
        using var group = new WorkerGroup(2);
        var v4 = new Holder();
        var v6 = new Holder();
        BoundAddress six = group.Listen(SocketAddress.OfIp(IPAddress.IPv6Any, 0), new ListenOptions(v6, 128, 10));
        BoundAddress four = group.Listen(SocketAddress.OfIp(IPAddress.Any, six.Address.Port), new ListenOptions(v4, 128, 10));
        using SystemSocket a = Clients.Connect(SocketAddress.OfIp(IPAddress.Loopback, four.Address.Port));
        using SystemSocket b = Clients.Connect(SocketAddress.OfIp(IPAddress.IPv6Loopback, six.Address.Port));
        Eventually.So(() => v4.Count == 1 && v6.Count == 1);
        v4.Peers.Single().Ip.Length.ShouldBe(4);
        v6.Peers.Single().Ip.Length.ShouldBe(16);
    }

    [Fact]
    public void Close_OfAnAddress_TheGroupForgetsIt()
    {
        using var group = new WorkerGroup(2);
        SocketAddress any = SocketAddress.OfIp(IPAddress.Loopback, 0);
        BoundAddress first = group.Listen(any, new ListenOptions(new Holder(), 128, 10));
        BoundAddress second = group.Listen(any, new ListenOptions(new Holder(), 128, 10));
        group.Bound.ShouldBe([first, second], ignoreOrder: true);
        first.Close();
        group.Bound.ShouldBe([second]);
        first.Close();
        group.Bound.ShouldBe([second]);
    }

    [Fact]
    public void Listen_TheAddressIsTaken_SaysSo()
    {
        using var group = new WorkerGroup(2);
        BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(new Holder(), 128, 10));
        int descriptors = Descriptors.Count();
        IOException error = Should.Throw<IOException>(() => group.Listen(bound.Address, new ListenOptions(new Holder(), 128, 10)));
        error.Message.ShouldBe($"cannot listen on {bound.Address}: another process, or another listener of this one, has it "
            + "(address already in use)");
        Descriptors.Count().ShouldBe(descriptors);
    }

    [Fact]
    public void Listen_TakesOver_HasTheConnectionsOnceTheOtherCloses()
    {
        using var group = new WorkerGroup(2);
        var old = new Holder();
        var next = new Holder();
        BoundAddress first = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(old, 128, 100));
        BoundAddress second = group.Listen(first.Address, new ListenOptions(next, 128, 100), takesOver: true);
        second.Address.ShouldBe(first.Address);
        List<SystemSocket> clients = [.. Enumerable.Range(0, 20).Select(_ => Clients.Connect(first.Address))];
        Eventually.So(() => old.Count + next.Count == 20);
        first.Close();
        group.Bound.ShouldBe([second]);

        group.Settle(30_000).ShouldBeTrue();
        int before = next.Count;
        clients.AddRange(Enumerable.Range(0, 20).Select(_ => Clients.Connect(first.Address)));
        Eventually.So(() => next.Count == before + 20);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Settle_WorkerIsBusy_WaitsNoLongerThanItMay()
    {
        using var group = new WorkerGroup(2);
        using var blocked = new ManualResetEventSlim();
        group.Workers[1].TryPost(blocked.Wait);

        group.Settle(1).ShouldBeFalse();
        blocked.Set();
        group.Settle(30_000).ShouldBeTrue();
    }

    [Fact]
    public void Listen_NotAnAddressOfThisMachine_SaysSo()
    {
        using var group = new WorkerGroup(1);
        SocketAddress address = SocketAddress.OfIp(IPAddress.Parse("192.0.2.1"), 0);
        Should.Throw<IOException>(() => group.Listen(address, new ListenOptions(new Holder(), 128, 10)))
            .Message.ShouldBe("cannot listen on 192.0.2.1:0: Cannot assign requested address: no interface has it");
    }

    [Fact]
    public void Close_ConnectionsWaitInTheQueue_AcceptsThemFirst()
    {
        using var group = new WorkerGroup(1);
        var holder = new Holder();
        BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(holder, 128, 100));
        using var blocked = new ManualResetEventSlim();
        group.Workers[0].TryPost(() => blocked.Wait());
        List<SystemSocket> clients = [.. Enumerable.Range(0, 5).Select(_ => Clients.Connect(bound.Address))];
        bound.Close();
        bound.Close();
        blocked.Set();
        Eventually.So(() => holder.Count == 5);
        Eventually.So(() => Clients.IsRefused(bound.Address));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Dispose_ConnectionsAreOpen_ResetsThemAndReleasesEverything()
    {
        // Once before, so that what the runtime opens on first use does not count.
        Cycle();
        int before = Descriptors.Count();
        Cycle();
        Descriptors.Count().ShouldBe(before);
        Eventually.So(() => WorkerThreads() == 0);

        static void Cycle()
        {
            var group = new WorkerGroup(2);
            var holder = new Holder(rents: true);
            BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Loopback, 0), new ListenOptions(holder, 128, 100));
            List<SystemSocket> clients = [.. Enumerable.Range(0, 6).Select(_ => Clients.Connect(bound.Address))];
            Eventually.So(() => holder.Count == 6);
            group.Dispose();
            holder.Cancelled.ShouldBe(6, "who waits goes on, and may give back what it has");
            bound.Options.Connections.ShouldBe(0);
            foreach (SystemSocket client in clients)
            {
                Should.Throw<SocketException>(() => client.Receive(new byte[1])).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
                client.Dispose();
            }

            foreach (Worker worker in group.Workers)
            {
                worker.Buffers.AllocatedBytes.ShouldBe(0);
                worker.Buffers.Lent.ShouldBe(0);
                worker.TryPost(() => { }).ShouldBeFalse();
            }

            group.Dispose();
        }
    }

    [Fact]
    public void Dispose_AConnectIsUnderWay_CancelsIt()
    {
        using var world = new SocketWorld(IPAddress.Loopback);
        SocketAddress silent = world.Silent!;
        var group = new WorkerGroup(1);
        EventLoop loop = group.Workers[0];
        using var began = new ManualResetEventSlim();
        ConnectResult? result = null;
        loop.TryPost(() => Connect().Detach());
        began.Wait(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        group.Dispose();
        result.ShouldBe(new ConnectResult(null, Errno.ECANCELED));

        async Atlas.Engine.Flows.Flow Connect()
        {
            began.Set();
            result = await loop.ConnectAsync(silent, loop.NowMs + 60_000);
        }
    }

    [Fact]
    public void TryPost_WhileTheWorkerEnds_NeverTouchesAForeignDescriptor()
    {
        // Were the wake-up written after the end, it would go to whatever has the number of the event descriptor by then.
        for (int round = 0; round < 20; round++)
        {
            var group = new WorkerGroup(1);
            Worker worker = group.Workers[0];
            long ran = 0;
            long accepted = 0;
            using var started = new ManualResetEventSlim();
            var poster = new Thread(() =>
            {
                while (worker.TryPost(() => ran++))
                {
                    accepted++;
                    started.Set();
                }
            });
            poster.Start();
            started.Wait();
            group.Dispose();
            poster.Join();
            ran.ShouldBe(accepted, "what was accepted runs");
        }
    }

    [Fact]
    public void Worker_NeverStarted_ReleasesItsDescriptors()
    {
        new Worker(0).Dispose();
        int before = Descriptors.Count();
        var worker = new Worker(0);
        worker.Dispose();
        worker.Dispose();
        Descriptors.Count().ShouldBe(before);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void HoldOff_NewConnections_GetNoAnswerAndOpenOnesGoOn(string ip)
    {
        using var group = new WorkerGroup(2);
        var holder = new Holder();
        BoundAddress bound = group.Listen(SocketAddress.OfIp(IPAddress.Parse(ip), 0), new ListenOptions(holder, 128, 10));
        using SystemSocket open = Clients.Connect(bound.Address);
        Eventually.So(() => holder.Count == 1);
        using SystemSocket before = Begin(bound.Address);
        before.Poll(TimeSpan.FromSeconds(10), SelectMode.SelectWrite).ShouldBeTrue();
        Eventually.So(() => holder.Count == 2);

        bound.HoldOff();
        group.Settle(10_000).ShouldBeTrue();

        using SystemSocket after = Begin(bound.Address);
        after.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectWrite).ShouldBeFalse("neither accepted nor refused");
        open.Poll(0, SelectMode.SelectRead).ShouldBeFalse("still open");
        holder.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8::1")]
    public void Listen_OnAnAddressThatMoves_NeedsNoInterfaceThatHasIt(string text)
    {
        var ip = IPAddress.Parse(text);
        using var group = new WorkerGroup(2);
        var options = new ListenOptions(new Holder(), 128, 10);
        Should.Throw<IOException>(() => group.Listen(SocketAddress.OfIp(ip, 0), options))
            .Message.ShouldEndWith(": Cannot assign requested address: no interface has it");
        group.MovingAddresses = new HashSet<IPAddress> { IPAddress.Parse("192.0.2.100"), IPAddress.Parse("192.0.2.101") };
        const string reason = ": Cannot assign requested address: no interface has it, and no virtual router here either (they have 192.0.2.100, 192.0.2.101)";
        Should.Throw<IOException>(() => group.Listen(SocketAddress.OfIp(ip, 0), options)).Message.ShouldEndWith(reason);
        Should.Throw<IOException>(() => group.BindDatagrams(SocketAddress.OfIp(ip, 0), new EchoServer())).Message.ShouldEndWith(reason);

        group.MovingAddresses = new HashSet<IPAddress> { ip };

        group.Listen(SocketAddress.OfIp(ip, 0), options).Address.Port.ShouldBePositive();
        group.BindDatagrams(SocketAddress.OfIp(ip, 0), new EchoServer()).Address.Port.ShouldBePositive();
    }

    [Theory]
    [InlineData(8, "192.0.2.17)")]
    [InlineData(9, "192.0.2.17, and 1 more)")]
    public void Listen_OnAnAbsentAddressAmongMany_NamesSome(int count, string end)
    {
        using var group = new WorkerGroup(1);
        group.MovingAddresses = Enumerable.Range(10, count).Select(last => IPAddress.Parse($"192.0.2.{last}")).ToHashSet();

        Should.Throw<IOException>(() => group.Listen(SocketAddress.OfIp(IPAddress.Parse("192.0.2.1"), 0), new ListenOptions(new Holder(), 128, 10)))
            .Message.ShouldEndWith(end);
    }

    /// <summary>A client that does not wait until it is connected.</summary>
    private static SystemSocket Begin(SocketAddress address)
    {
        var ip = new IPAddress(address.Ip);
        var socket = new SystemSocket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            socket.Connect(new IPEndPoint(ip, address.Port));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
        {
            // It is under way.
        }

        return socket;
    }

    private static int WorkerThreads() => Directory.EnumerateDirectories("/proc/self/task")
        .Count(task => NameOf(task).StartsWith("atlas-worker", StringComparison.Ordinal));

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm"));
        }
        catch (IOException)
        {
            // The thread ended since the directory was read.
            return "";
        }
    }

    private static unsafe int OptionOf(int descriptor, int level, int name)
    {
        int value = -1;
        uint size = sizeof(int);
        Errno.Of(Libc.getsockopt(descriptor, level, name, &value, &size)).ShouldBe(0);
        return value;
    }
}
