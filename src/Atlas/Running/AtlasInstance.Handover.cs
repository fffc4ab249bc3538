using Atlas.Engine.Handover;
using Atlas.Running.Kernel;
using Atlas.Running.Listeners;
using Atlas.Running.Upgrades;

namespace Atlas.Running;

/// <summary>How an instance takes the place of one in another process, and gives its own up.</summary>
internal sealed partial class AtlasInstance
{
    // Idle connections have this part of the deadline for their next request, which ends them in order: in an upgrade there is no
    // hurry, and who closes sooner may cross a request that is on its way.
    private const int IdleShare = 2;

    private OpenSocket? _adminSocket;

    /// <summary>Whose place it took; null: it was started by itself.</summary>
    internal HandedState? Predecessor { get; set; }

    /// <summary>Since when it serves.</summary>
    internal DateTimeOffset Since { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Has a new process take this one's place; null: this program cannot.</summary>
    internal UpgradeRequests? Upgrades { get; set; }

    /// <summary>What it waits for before it knows its servers.</summary>
    internal IEnumerable<string> Pending =>
    [
        .. Names.Pending.Select(name => $"pool {name.Pool}: the first lookup of {name.Name} is under way"),
        .. Health.PendingPools.Select(pool => $"pool {pool}: first probes are under way"),
    ];

    /// <summary>Its sockets, each address with a name, for the process that takes its place.</summary>
    internal IReadOnlyList<(string Name, IReadOnlyList<int> Descriptors)> Sockets =>
        [.. _listeners.Sockets, .. _admin is { } admin ? [(admin.Name, [admin.Descriptor])] : Array.Empty<(string, IReadOnlyList<int>)>()];

    /// <summary>Takes traffic: at the start, or once the process before takes none. Until <see cref="Own"/> that process may go on
    /// instead.</summary>
    /// <param name="masters">The virtual routers that the process before is master of: this one goes on with their addresses.</param>
    /// <exception cref="IOException">The kernel or the admin address refuses.</exception>
    internal async Task BeginAsync(IReadOnlyList<string> masters)
    {
        if (_listeners.IsShared)
        {
            Kernel.TakeOver();
            if (Kernel.Read().Listeners.Count == 0)
            {
                KernelRunning.RemoveLeftover(Kernel);
            }
        }

        _admin = await AdminAccess.StartAsync(_atStart, new InstanceReports(this), _news.Say, _adminSocket);
        _listeners.Resume();
        if (!_listeners.IsShared)
        {
            Cluster.Open();
        }

        Cluster.Apply(_atStart, masters);
        Phase = InstancePhase.Serving;
        Since = DateTimeOffset.UtcNow;
    }

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
        Cluster.Leave();
        _admin?.LetGo();
    }

    /// <summary>Ends in order: says that it is not ready, accepts for <c>ready_delay</c> more so that whoever sends traffic
    /// here can notice, then stops accepting and ends the connections.</summary>
    /// <param name="hurry">Cancelled when no time counts any more: what is left then ends at once.</param>
    internal async Task DrainAsync(CancellationToken hurry)
    {
        await using CancellationTokenRegistration forward = hurry.Register(_hurry.Cancel);
        Phase = InstancePhase.Draining;
        Cluster.BeginDrain();
        await Task.Delay(Config.Runtime.Shutdown.ReadyDelayMs, _hurry.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Cluster.HandOverAsync();
        lock (_force)
        {
            // Servers that just come into force do so first, and none after.
            _hasEnded = true;
            _listeners.Close();
            Names.Stop();
            Certificates.Dispose();
            Kernel.StopNew();
            Health.Stop();
        }

        _leaving.Add(ConnectionDrain.RunAsync(_listeners.Listeners, Config.Runtime.Shutdown, _hurry.Token));
        await Task.WhenAll(_leaving);
    }

    /// <summary>Accepts nothing for now, so that another process may.</summary>
    internal void Hold() => _listeners.Hold();

    /// <summary>Goes on after <see cref="Hold"/>, whatever the other process has done.</summary>
    internal void Resume()
    {
        _listeners.Resume();
        Kernel.Rewrite();
    }

    /// <summary>Accepts no more, since another process does, at the admin address neither; returns once that is so. What is open goes
    /// on.</summary>
    /// <param name="taken">The names of the sockets that it serves.</param>
    internal void LetGo(IReadOnlySet<string> taken)
    {
        lock (_force)
        {
            _hasEnded = true;
            Phase = InstancePhase.Draining;
            _listeners.LetGo(taken);
            Names.Stop();
            Certificates.Dispose();
            Kernel.LetGo();
            Cluster.Leave();
            Health.Stop();
            _admin?.LetGo();
        }
    }

    /// <summary>Ends what is open after <see cref="LetGo"/>, as <see cref="DrainAsync"/> does.</summary>
    /// <param name="hurry">Cancelled when no time counts any more.</param>
    internal async Task LeaveAsync(CancellationToken hurry)
    {
        await using CancellationTokenRegistration forward = hurry.Register(_hurry.Cancel);
        if (_admin is { } admin)
        {
            _admin = null;
            await admin.DisposeAsync();
        }

        var limits = Config.Runtime.Shutdown;
        limits = limits with { CloseSpreadMs = Math.Max(limits.CloseSpreadMs, limits.DeadlineMs / IdleShare) };
        _leaving.Add(ConnectionDrain.RunAsync(_listeners.Listeners, limits, _hurry.Token));
        await Task.WhenAll(_leaving);
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
