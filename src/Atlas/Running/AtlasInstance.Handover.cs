using Atlas.Engine.Handover;
using Atlas.Proxy.UserSessions.Handover;
using Atlas.Running.Listeners;
using Atlas.Running.Upgrades;

namespace Atlas.Running;

/// <summary>How an instance takes the place of one in another process, and gives its own up.</summary>
internal sealed partial class AtlasInstance
{
    // What processes before ask of this one.
    private readonly List<Task> _served = [];

    private OpenSocket? _adminSocket;

    /// <summary>Whose place it took; null: it was started by itself.</summary>
    internal HandedState? UpgradedFrom { get; set; }

    /// <summary>What the process may be asked; null: this program has no file, and no other process can take its place.</summary>
    internal ProcessRequests? Requests { get; private init; }

    /// <summary>What it waits for before it knows its servers.</summary>
    internal IEnumerable<string> Pending =>
    [
        .. Names.Pending.Select(name => $"pool {name.Pool}: the first lookup of {name.Name} is under way"),
        .. Health.PendingPools.Select(pool => $"pool {pool}: first probes are under way"),
    ];

    /// <summary>Its sockets, each address with a name, for the process that takes its place.</summary>
    internal IReadOnlyList<(string Name, IReadOnlyList<int> Descriptors)> Sockets =>
        [.. _listeners.Sockets, .. _admin is { } admin ? [(admin.Name, [admin.Descriptor])] : Array.Empty<(string, IReadOnlyList<int>)>()];

    /// <summary>The sockets are this process's alone.</summary>
    internal void Own() => _listeners.IsShared = false;

    /// <summary>Opens what the process before had open until now.</summary>
    internal void OpenPorts()
    {
        try
        {
            Cluster.Open();
        }
        catch (IOException e)
        {
            _news.Say(e.Message);
        }
    }

    /// <summary>What it began is another process's again: at its end nothing of that is removed.</summary>
    internal void Disown()
    {
        Kernel.LetGo();
        Cluster.LeaveAsync().Wait();
        _admin?.LetGo();
    }

    /// <summary>Accepts nothing for now, so that another process may.</summary>
    internal void Hold() => _listeners.Hold();

    /// <summary>See <see cref="ListenerSet.Settle"/>.</summary>
    internal bool Settle() => _listeners.Settle();

    /// <summary>Answers the process before, which has users' sessions of this one, until it ends.</summary>
    /// <param name="stream">From it.</param>
    internal void Serve(Stream stream) => _served.Add(SessionService.RunAsync(stream, () => Snapshot.Sessions));

    /// <summary>Takes from the sockets what comes: the process before takes nothing any more.</summary>
    internal void Accept() => _listeners.Resume();

    /// <summary>Goes on with all UDP sessions, whatever the other process was told of them.</summary>
    internal void TakeBackUdpSessions()
    {
        foreach (RunningUdpListener listener in Listeners.OfType<RunningUdpListener>())
        {
            listener.TakeBack();
        }
    }

    /// <summary>Goes on after <see cref="Hold"/>, whatever the other process has done.</summary>
    internal void Resume()
    {
        _listeners.Resume();
        Kernel.Rewrite();
        Cluster.Resume();
    }

    /// <summary>Accepts no more, since another process does, at the admin address neither; returns once that is so. What is open goes
    /// on.</summary>
    /// <param name="taken">The names of the sockets that it serves.</param>
    /// <param name="gone">The virtual routers that this process is master of, and that the other one does not go on with.</param>
    internal void LetGo(IReadOnlySet<string> taken, IReadOnlyCollection<string> gone)
    {
        lock (_force)
        {
            _hasEnded = true;
            Phase = InstancePhase.Draining;
            _listeners.LetGo(taken);
            Names.Stop();
            Certificates.Dispose();
            Kernel.LetGo();
            _leaving.Add(Cluster.LeaveAsync(gone));
            Health.Stop();
            _admin?.LetGo();
        }
    }

    /// <summary>Takes the admin server's socket out of those that are there already, and closes what nobody wants.</summary>
    private void TakeInherited()
    {
        if (_listeners.Inherited is not { } inherited)
        {
            return;
        }

        _adminSocket = Config.Admin.Bind is { } bind ? inherited.TakeAdmin(bind) : null;
        foreach (string address in inherited.CloseRest())
        {
            _news.Say($"a socket on {address} is there already, and no listener has this address: it is closed");
        }

        _listeners.Inherited = null;
    }
}
