using Atlas.Core.Configuration;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;

namespace Atlas.Running.Listeners;

/// <summary>The listeners of a process. One thread at a time.</summary>
internal sealed class ListenerSet(WorkerGroup workers, DataPlane plane)
{
    // Until an address that another listener takes over is given up; a worker's turn takes less than a millisecond.
    private const int SettleMs = 1_000;

    /// <summary>The listeners that accept, in the order of the configuration.</summary>
    internal IReadOnlyList<RunningListener> Listeners { get; private set; } = [];

    /// <summary>Sockets that are there already, for the first configuration; null: none, or they are used up.</summary>
    internal InheritedSockets? Inherited { get; set; }

    /// <summary>Whether another process serves the sockets, too: closing leaves to it what waits in them, and the paths.</summary>
    internal bool IsShared { get; set; }

    /// <summary>All sockets, each address with a name that the process after this one finds it by.</summary>
    internal IEnumerable<(string Name, IReadOnlyList<int> Descriptors)> Sockets =>
        from listener in Listeners
        from address in listener.Addresses
        where address.Bound.Descriptors.Count > 0
        select (InheritedSockets.NameOf(listener.Name, address.Written, listener.HasDatagrams == true), address.Bound.Descriptors);

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
                next.Add((listener, own, Bind(listener, config, configs, opened)));
            }
        }
        catch
        {
            opened.ForEach(End);
            throw;
        }

        bool takesOver = false;
        var kept = next.SelectMany(entry => entry.Addresses).Select(address => address.Item2).ToHashSet();
        foreach (IBoundAddress bound in Bound().Where(bound => !kept.Contains(bound)).ToArray())
        {
            bound.Close();
            takesOver |= opened.Exists(own => own.Address.Port == bound.Address.Port);
        }

        if (takesOver)
        {
            // From here on no connection goes to who had the address before.
            Settle();
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

    /// <summary>Swaps the snapshots of all listeners, and nothing else.</summary>
    /// <param name="snapshot">The snapshots, made from the configuration that the listeners have.</param>
    internal void Publish(ProxySnapshot snapshot)
    {
        foreach (RunningListener listener in Listeners)
        {
            listener.Adopt(listener.Config, snapshot.Listeners.First(own => own.Name == listener.Name));
        }
    }

    /// <summary>Stops accepting; connections go on.</summary>
    internal void Close() => Each(End);

    /// <summary>Accepts nothing for now; returns once that is so.</summary>
    internal void Hold()
    {
        Each(bound => bound.Hold());
        Settle();
    }

    /// <summary>Waits until the workers have done what they are at.</summary>
    /// <returns>False: they have not, within a second.</returns>
    internal bool Settle() => workers.Settle(SettleMs);

    /// <summary>Accepts again, or for the first time on sockets that another process has served until now.</summary>
    internal void Resume() => Each(bound => bound.Resume());

    /// <summary>Leaves the sockets to the process that serves them, but for those that it does not: they are closed.</summary>
    /// <param name="taken">The names of those that it serves.</param>
    internal void LetGo(IReadOnlySet<string> taken)
    {
        foreach (RunningListener listener in Listeners)
        {
            // Those of which the other process was told, as it serves all sockets of the listener.
            (listener as RunningUdpListener)?.EndHandedOut();
            foreach ((BindAddress written, IBoundAddress bound) in listener.Addresses)
            {
                if (listener.HasDatagrams is bool isDatagram && taken.Contains(InheritedSockets.NameOf(listener.Name, written, isDatagram)))
                {
                    bound.LetGo();
                }
                else
                {
                    // What waits there is accepted first.
                    bound.Resume();
                    bound.Close();
                }
            }
        }
    }

    private void End(IBoundAddress bound)
    {
        if (IsShared)
        {
            bound.LetGo();
        }
        else
        {
            bound.Close();
        }
    }

    private void Each(Action<IBoundAddress> action)
    {
        foreach (RunningListener listener in Listeners)
        {
            listener.Each(action);
        }
    }

    /// <summary>The listener that a configuration goes on with: the one of its name, else one that was renamed, which shows by
    /// its addresses.</summary>
    private RunningListener? Find(ListenerConfig config, IReadOnlyList<ListenerConfig> configs) =>
        Listeners.FirstOrDefault(listener => listener.Name == config.Name)
        ?? Listeners.FirstOrDefault(listener =>
            listener.Config.Bind.Equals(config.Bind) && configs.All(other => other.Name != listener.Name));

    private List<(BindAddress Written, IBoundAddress Bound)> Bind(
        RunningListener listener, ListenerConfig config, IReadOnlyList<ListenerConfig> configs, List<IBoundAddress> opened)
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

            IBoundAddress bound = listener.HasDatagrams is bool isDatagram && Inherited?.Take(listener.Name, written, isDatagram) is { } sockets
                ? listener.Take(workers, sockets, Inherited.IsHeld)
                : Open(listener, written, configs);
            opened.Add(bound);
            addresses.Add((written, bound));
        }

        return addresses;
    }

    private IBoundAddress Open(RunningListener listener, BindAddress written, IReadOnlyList<ListenerConfig> configs)
    {
        try
        {
            return listener.Bind(workers, written.ToSocketAddress(), TakesOver(written, configs));
        }
        catch (IOException e) when (listener.HasDatagrams == true && FindHolder(written) is { } holder)
        {
            throw new IOException($"{e.Message}: {holder}; an address of UDP cannot move in one reload: reload first without it", e);
        }
    }

    /// <summary>Says which listener for datagrams has an address, or a part of it, at present.</summary>
    private string? FindHolder(BindAddress next) => (
        from listener in Listeners
        where listener.HasDatagrams == true
        from address in listener.Addresses
        where Overlaps(address, next)
        select $"listener {listener.Name} has {address.Written}").FirstOrDefault();

    private static bool Overlaps((BindAddress Written, IBoundAddress Bound) held, BindAddress next) =>
        next.Ip is { } ip && held.Written.Ip is { } own && own.AddressFamily == ip.AddressFamily
        && (own.Equals(ip) || BindAddress.IsAny(own) || BindAddress.IsAny(ip))
        && held.Bound.Address.Port == next.Port;

    /// <summary>Whether a listener for connections has an address, or a part of it, at present, and gives it up: as when it becomes
    /// one of another protocol, or when two change their addresses.</summary>
    private bool TakesOver(BindAddress next, IReadOnlyList<ListenerConfig> configs) => next.Port > 0 && Listeners
        .OfType<RunningStreamListener>()
        .SelectMany(listener => listener.Addresses)
        .Any(held => Overlaps(held, next)
            && (held.Written == next || !configs.Any(config => config.Bind.Contains(held.Written))));

    private IEnumerable<IBoundAddress> Bound() => Listeners.SelectMany(listener => listener.Addresses).Select(a => a.Bound);
}
