using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running;

/// <summary>The listeners of a process. One thread at a time.</summary>
internal sealed class ListenerSet(WorkerGroup workers, DataPlane plane)
{
    /// <summary>The listeners that accept, in the order of the configuration.</summary>
    internal IReadOnlyList<RunningListener> Listeners { get; private set; } = [];

    /// <summary>Makes the listeners those of a configuration: binds what is new, closes what is gone, swaps the snapshots of
    /// the rest. The socket of an address that a listener keeps is not touched. All or nothing.</summary>
    /// <param name="configs">The listeners.</param>
    /// <param name="snapshot">The snapshots, made from the same configuration.</param>
    /// <returns>The listeners that are gone: they accept no more, and their connections are left to be drained.</returns>
    /// <exception cref="IOException">An address cannot be listened on; nothing has changed.</exception>
    internal IReadOnlyList<RunningListener> Apply(IReadOnlyList<ListenerConfig> configs, ProxySnapshot snapshot)
    {
        var opened = new List<IBoundAddress>();
        var next = new List<(RunningListener Listener, ListenerSnapshot Snapshot, List<(BindAddress, IBoundAddress)> Addresses)>();
        try
        {
            foreach (ListenerConfig config in configs)
            {
                ListenerSnapshot own = snapshot.Listeners.First(listener => listener.Name == config.Name);
                RunningListener? found = Find(config, configs);
                bool goesOn = found?.CanBecome(own) == true && !next.Exists(entry => entry.Listener == found);
                RunningListener listener = goesOn ? found! : plane.Open(config, own);
                next.Add((listener, own, Bind(listener, config, opened)));
            }
        }
        catch
        {
            opened.ForEach(bound => bound.Close());
            throw;
        }

        var kept = next.SelectMany(entry => entry.Addresses).Select(address => address.Item2).ToHashSet();
        foreach (IBoundAddress bound in Bound().Where(bound => !kept.Contains(bound)).ToArray())
        {
            bound.Close();
        }

        RunningListener[] gone = [.. Listeners.Except(next.Select(entry => entry.Listener))];
        Listeners = [.. next.Select(entry => entry.Listener)];
        foreach ((RunningListener listener, ListenerSnapshot own, var addresses) in next)
        {
            listener.Addresses = addresses;
            listener.Adopt(configs.First(config => config.Name == own.Name), own);
        }

        return gone;
    }

    /// <summary>Stops accepting; connections go on.</summary>
    internal void Close()
    {
        foreach (RunningListener listener in Listeners)
        {
            listener.Close();
        }
    }

    private static SocketAddress AddressOf(BindAddress address) => address.UnixPath is string path
        ? SocketAddress.OfUnixPath(path)
        : SocketAddress.OfIp(address.Ip!, address.Port);

    /// <summary>The listener that a configuration goes on with: the one of its name, else one that was renamed, which shows by
    /// its addresses.</summary>
    private RunningListener? Find(ListenerConfig config, IReadOnlyList<ListenerConfig> configs) =>
        Listeners.FirstOrDefault(listener => listener.Name == config.Name)
        ?? Listeners.FirstOrDefault(listener =>
            listener.Config.Bind.Equals(config.Bind) && configs.All(other => other.Name != listener.Name));

    private List<(BindAddress Written, IBoundAddress Bound)> Bind(
        RunningListener listener, ListenerConfig config, List<IBoundAddress> opened)
    {
        var left = listener.Addresses.ToList();
        var addresses = new List<(BindAddress Written, IBoundAddress Bound)>();
        foreach (BindAddress written in config.Bind)
        {
            int index = left.FindIndex(address => address.Written == written);
            if (index >= 0)
            {
                addresses.Add(left[index]);
                left.RemoveAt(index);
                continue;
            }

            IBoundAddress bound = listener.Bind(workers, AddressOf(written));
            opened.Add(bound);
            addresses.Add((written, bound));
        }

        return addresses;
    }

    private IEnumerable<IBoundAddress> Bound() => Listeners.SelectMany(listener => listener.Addresses).Select(a => a.Bound);
}
