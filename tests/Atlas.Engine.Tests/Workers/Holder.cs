using System.Collections.Concurrent;
using Atlas.Engine.Buffers;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Tests.Workers;

/// <summary>Holds accepted connections until they are to be closed, and counts.</summary>
public sealed class Holder(bool rents = false) : IConnectionHandler
{
    private readonly ConcurrentQueue<(EventLoop Loop, ByteStream Stream)> _open = new();
    private int _count;
    private int _now;
    private int _most;
    private int _cancelled;

    /// <summary>Accepted so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The most at any time.</summary>
    public int Most => Volatile.Read(ref _most);

    /// <summary>Whose wait was cancelled.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    public ConcurrentBag<SocketAddress> Peers { get; } = [];

    public ConcurrentBag<int> Descriptors { get; } = [];

    public ConcurrentDictionary<Thread, int> Threads { get; } = new();

    public void OnAccepted(EventLoop loop, ByteStream stream, SocketAddress peer, Action ended)
    {
        Threads.TryAdd(Thread.CurrentThread, 0);
        Peers.Add(peer);
        Descriptors.Add(((SocketStream)stream).Descriptor);
        int now = Interlocked.Increment(ref _now);
        int most = Most;
        while (now > most)
        {
            most = Interlocked.CompareExchange(ref _most, now, most);
        }

        _open.Enqueue((loop, stream));
        HoldAsync(loop, stream, ended).Detach();
        Interlocked.Increment(ref _count);
    }

    public void CloseOne()
    {
        _open.TryDequeue(out (EventLoop Loop, ByteStream Stream) first).ShouldBeTrue();
        first.Loop.TryPost(first.Stream.Close).ShouldBeTrue();
    }

    private async Flow HoldAsync(EventLoop loop, ByteStream stream, Action ended)
    {
        NativeBuffer? buffer = rents ? loop.Buffers.TryRent(BufferSize.Small) : null;
        if (await stream.ReceiveReadyAsync() == WaitResult.Cancelled)
        {
            Interlocked.Increment(ref _cancelled);
        }

        buffer?.Return();
        stream.Close();
        Interlocked.Decrement(ref _now);
        ended();
    }
}
