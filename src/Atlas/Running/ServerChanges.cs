using System.Collections.Concurrent;
using Atlas.Control.Discovery;

namespace Atlas.Running;

/// <summary>Changes of the servers that names have, from when they are found until they are in force. They are taken soon, on another
/// thread, and many at once where they come together. Any thread.</summary>
/// <param name="apply">Puts the servers that names have now in force. It may fail, which is a notice then.</param>
/// <param name="news">Hears of the changes once they are so: who reads of one may rely on it.</param>
internal sealed class ServerChanges(Action apply, InstanceNews news)
{
    private readonly ConcurrentQueue<DiscoveryEvent> _found = new();
    private int _isDue;

    /// <summary>How many were found and not told.</summary>
    internal int Count => _found.Count;

    /// <summary>Takes one that was just found.</summary>
    internal void Take(DiscoveryEvent change)
    {
        _found.Enqueue(change);
        if (Interlocked.Exchange(ref _isDue, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static changes => changes.Apply(), this, preferLocal: false);
        }
    }

    /// <summary>Begins to apply: what is found from here on is applied anew.</summary>
    internal void Begin() => Interlocked.Exchange(ref _isDue, 0);

    /// <summary>Tells the first ones, which are in force now.</summary>
    internal void Tell(int count)
    {
        for (; count > 0 && _found.TryDequeue(out DiscoveryEvent? change); count--)
        {
            news.Tell(change);
        }
    }

    private void Apply() => GuardedWork.Run(apply, "addresses of names have changed, but servers stay as they are", news.Say);
}
