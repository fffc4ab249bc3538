using System.Net.Sockets;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using SystemSocket = System.Net.Sockets.Socket;

namespace Atlas.Engine.Tests.Workers;

public sealed class UnixListenTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("atlas-");
    private readonly WorkerGroup _group = new(2);

    private string PathName => Path.Combine(_directory.FullName, "s");

    private SocketAddress Address => SocketAddress.OfUnixPath(PathName);

    public void Dispose()
    {
        _group.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Listen_OfUnixPath_ServesOnAllWorkersAndRemovesThePathAtTheEnd()
    {
        var holder = new Holder();
        BoundAddress bound = Listen(holder);
        List<SystemSocket> clients = [.. Enumerable.Range(0, 4).Select(_ => Clients.Connect(bound.Address))];
        Eventually.So(() => holder.Count == 4);
        holder.Threads.Count.ShouldBe(2);
        holder.Peers.ShouldAllBe(peer => peer.IsUnix);
        bound.Close();
        File.Exists(PathName).ShouldBeFalse();
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void Listen_ADeadProcessLeftItsSocket_ReplacesIt()
    {
        using (var dead = new SystemSocket(AddressFamily.Unix, SocketType.Stream, 0))
        {
            dead.Bind(new UnixDomainSocketEndPoint(PathName + ".bound"));
            dead.Listen();
            File.Move(PathName + ".bound", PathName);
        }

        File.Exists(PathName).ShouldBeTrue();
        var holder = new Holder();
        BoundAddress bound = Listen(holder);
        using SystemSocket client = Clients.Connect(bound.Address);
        Eventually.So(() => holder.Count == 1);
    }

    [Fact]
    public void Listen_ALiveProcessListens_SaysSoAndLeavesIt()
    {
        var holder = new Holder();
        Listen(holder);
        Should.Throw<IOException>(() => Listen(new Holder()))
            .Message.ShouldBe($"cannot listen on unix:{PathName}: a live process listens there (address already in use)");
        using SystemSocket client = Clients.Connect(Address);
        Eventually.So(() => holder.Count >= 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Listen_ThePathIsNoSocket_SaysSoAndLeavesIt(bool isLink)
    {
        if (isLink)
        {
            File.CreateSymbolicLink(PathName, "/nowhere");
        }
        else
        {
            File.WriteAllText(PathName, "precious");
        }

        Should.Throw<IOException>(() => Listen(new Holder())).Message.ShouldBe(
            $"cannot listen on unix:{PathName}: the path exists and is not a socket; remove it or choose another (address already in use)");
        new FileInfo(PathName).LinkTarget.ShouldBe(isLink ? "/nowhere" : null);
        if (!isLink)
        {
            File.ReadAllText(PathName).ShouldBe("precious");
        }
    }

    [Fact]
    public void Connect_TheQueueIsFull_FailsAtOnceAndLeavesNothing()
    {
        using var listener = new SystemSocket(AddressFamily.Unix, SocketType.Stream, 0);
        listener.Bind(new UnixDomainSocketEndPoint(PathName));
        listener.Listen(0);
        Streams.SocketWorld.RunOn(_group.Workers[0], async () =>
        {
            EventLoop loop = _group.Workers[0];
            var streams = new List<ByteStream>();
            ConnectResult result = await loop.ConnectAsync(Address, loop.NowMs + 1000);
            while (result.Stream is not null && streams.Count < 1000)
            {
                streams.Add(result.Stream);
                result = await loop.ConnectAsync(Address, loop.NowMs + 1000);
            }

            result.Error.ShouldBe(Atlas.Engine.Interop.Errno.EAGAIN);
            streams.ForEach(stream => stream.Close());
        });
    }

    private BoundAddress Listen(Holder holder) => _group.Listen(Address, new ListenOptions(holder, 128, 100));
}
