using System.Net;
using System.Net.Sockets;
using Atlas.Engine.Datagrams;
using Atlas.Engine.Handover;
using Atlas.Engine.Interop;
using Atlas.Engine.Tests.Datagrams;
using Atlas.Engine.Tests.Workers;
using Atlas.Engine.Workers;
using static Atlas.Engine.Interop.LinuxConstants;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Handover;

/// <summary>Sockets that one group of workers gives up and another goes on with, as two processes do.</summary>
[Collection(nameof(AloneCollection))]
public sealed class SharedSocketTests
{
    private static readonly SocketAddress Any = SocketAddress.OfIp(IPAddress.Loopback, 0);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    public void Listen_OnSocketsOfAnother_TakesWhatWaitsAndWhatComes(int before, int after)
    {
        var old = new Holder();
        var next = new Holder();
        using var oldGroup = new WorkerGroup(before);
        using var nextGroup = new WorkerGroup(after);
        BoundAddress first = oldGroup.Listen(Any, new ListenOptions(old, 128, 100));
        first.Descriptors.Count.ShouldBe(before);
        BoundAddress second = nextGroup.Listen(Copies(first), new ListenOptions(next, 128, 100), isHeld: true);
        second.Address.ShouldBe(first.Address);

        first.Hold();
        oldGroup.Settle(30_000).ShouldBeTrue();
        List<SystemSocket> clients = [.. Enumerable.Range(0, 20).Select(_ => Clients.Connect(first.Address))];
        old.Count.ShouldBe(0, "what is held waits in the kernel");
        next.Count.ShouldBe(0, "what is held waits in the kernel");
        second.Resume();
        Eventually.So(() => next.Count == 20);
        first.LetGo();
        oldGroup.Settle(30_000).ShouldBeTrue();
        oldGroup.Bound.ShouldBeEmpty();

        clients.AddRange(Enumerable.Range(0, 20).Select(_ => Clients.Connect(first.Address)));
        Eventually.So(() => next.Count == 40);
        old.Count.ShouldBe(0);
        clients.ForEach(client => client.Dispose());
        second.Close();
        nextGroup.Settle(30_000).ShouldBeTrue();
        Clients.IsRefused(first.Address).ShouldBeTrue();
    }

    [Fact]
    public void Resume_AfterHold_TakesWhatHasWaited()
    {
        var holder = new Holder();
        using var group = new WorkerGroup(2);
        BoundAddress bound = group.Listen(Any, new ListenOptions(holder, 128, 100));
        bound.Hold();
        group.Settle(30_000).ShouldBeTrue();
        using SystemSocket client = Clients.Connect(bound.Address);
        bound.Resume();
        Eventually.So(() => holder.Count == 1);
        bound.Resume();
        using SystemSocket another = Clients.Connect(bound.Address);
        Eventually.So(() => holder.Count == 2);
    }

    [Fact]
    public void LetGo_OfASocketThatAnotherHas_LeavesNothingInEpoll()
    {
        var old = new Holder();
        var next = new Holder();
        using var oldGroup = new WorkerGroup(1);
        using var nextGroup = new WorkerGroup(1);
        BoundAddress first = oldGroup.Listen(Any, new ListenOptions(old, 128, 100));
        BoundAddress second = nextGroup.Listen(Copies(first), new ListenOptions(next, 128, 100), isHeld: true);
        first.LetGo();
        oldGroup.Settle(30_000).ShouldBeTrue();

        // It waits, so that an epoll that still knew of it would turn without end.
        using SystemSocket client = Clients.Connect(first.Address);
        long turns = oldGroup.Workers[0].Turn;
        for (int i = 0; i < 10; i++)
        {
            oldGroup.Settle(30_000).ShouldBeTrue();
        }

        oldGroup.Workers[0].Turn.ShouldBeLessThanOrEqualTo(turns + 12);
        second.Resume();
        Eventually.So(() => next.Count == 1);
    }

    [Fact]
    public void LetGo_OfAUnixSocket_LeavesItsPath()
    {
        using var directory = new TemporaryDirectory();
        SocketAddress address = SocketAddress.OfUnixPath(Path.Combine(directory.Path, "socket"));
        var next = new Holder();
        using var oldGroup = new WorkerGroup(2);
        using var nextGroup = new WorkerGroup(2);
        BoundAddress first = oldGroup.Listen(address, new ListenOptions(new Holder(), 128, 100));
        BoundAddress second = nextGroup.Listen(Copies(first), new ListenOptions(next, 128, 100), isHeld: false);
        second.Address.ShouldBe(address);
        first.LetGo();
        first.Close();
        oldGroup.Settle(30_000).ShouldBeTrue();

        using SystemSocket client = Clients.Connect(address);
        Eventually.So(() => next.Count == 1);
        second.Close();
        File.Exists(address.UnixPath).ShouldBeFalse();
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    [InlineData(1, 3)]
    public void Datagrams_OnSocketsOfAnother_WaitForItAndNoneIsLost(int before, int after)
    {
        var old = new EchoServer();
        var next = new EchoServer();
        using var oldGroup = new WorkerGroup(before);
        using var nextGroup = new WorkerGroup(after);
        BoundDatagrams first = oldGroup.BindDatagrams(Any, old);
        BoundDatagrams second = nextGroup.BindDatagrams(Copies(first), next, isHeld: true);
        second.Address.ShouldBe(first.Address);
        first.Hold();
        oldGroup.Settle(30_000).ShouldBeTrue();
        List<UdpClient> clients = [.. Enumerable.Range(0, 16).Select(_ => new UdpClient())];
        foreach (UdpClient client in clients)
        {
            client.Connect(IPAddress.Loopback, first.Address.Port);
            client.Send("hello"u8);
        }

        second.Resume();
        first.LetGo();
        foreach (UdpClient client in clients)
        {
            client.Client.ReceiveTimeout = 30_000;
            IPEndPoint? from = null;
            client.Receive(ref from).ShouldBe("hello"u8.ToArray());
            client.Dispose();
        }

        old.Seen.ShouldBeEmpty();
        next.Seen.Count.ShouldBe(16);
    }

    /// <summary>What another process would have got.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HoldOff_OfASocketThatAnotherHasToo_EndsWithWhoHeldOff(bool isClosed)
    {
        var next = new Holder();
        using var oldGroup = new WorkerGroup(1);
        using var nextGroup = new WorkerGroup(1);
        BoundAddress first = oldGroup.Listen(Any, new ListenOptions(new Holder(), 128, 100));

        // As systemd has it, which knows nothing of filters.
        int kept = Errno.Of(Libc.fcntl(first.Descriptors[0], F_DUPFD, 0));
        first.HoldOff();
        first.Hold();
        if (isClosed)
        {
            first.Close();
        }

        oldGroup.Settle(30_000).ShouldBeTrue();
        if (isClosed)
        {
            using SystemSocket waiting = Clients.Connect(first.Address);
        }

        List<OpenSocket> sockets = [OpenSocket.TryTake(kept)!];
        BoundAddress second = nextGroup.Listen(sockets, new ListenOptions(next, 128, 100), isHeld: false);
        using SystemSocket client = Clients.Connect(second.Address);
        Eventually.So(() => next.Count == (isClosed ? 2 : 1));
    }

    private static List<OpenSocket> Copies(IBoundAddress bound) =>
        [.. bound.Descriptors.Select(descriptor => OpenSocket.TryTake(Errno.Of(Libc.fcntl(descriptor, F_DUPFD, 0)))!)];

    private sealed class TemporaryDirectory : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-");

        internal string Path => _directory.FullName;

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
