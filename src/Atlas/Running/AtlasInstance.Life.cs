using Atlas.Running.HighAvailability;
using Atlas.Running.Kernel;
using Atlas.Running.Listeners;

namespace Atlas.Running;

/// <summary>How an instance begins to serve, and how it ends.</summary>
internal sealed partial class AtlasInstance
{
    // Idle connections have this part of the deadline for their next request, which ends them in order: in an upgrade there is no
    // hurry, and who closes sooner may cross a request that is on its way.
    private const int IdleShare = 2;

    /// <summary>Since when it serves.</summary>
    internal DateTimeOffset Since { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>Takes traffic at the start; once the process before takes none, does all but that, until <see cref="Accept"/>. Until
    /// <see cref="Own"/> that process may go on instead.</summary>
    /// <param name="masters">The virtual routers that the process before is master of: this one goes on with their addresses.</param>
    /// <exception cref="IOException">The kernel or the admin address refuses.</exception>
    internal async Task BeginAsync(IReadOnlyList<string> masters)
    {
        ClusterNode.CheckAddresses(_atStart, masters);
        if (_listeners.IsShared)
        {
            Kernel.TakeOver();
        }

        KernelRunning.RemoveLeftover(Kernel);
        _admin = await AdminAccess.StartAsync(_atStart, new InstanceReports(this), _news.Say, _adminSocket);
        if (!_listeners.IsShared)
        {
            _listeners.Resume();
            Cluster.Open();
        }

        Cluster.Apply(_atStart, masters);

        // The process before keeps the addresses and advertises until then, however late this one's thread gets its turn.
        await Cluster.SettledAsync();
        Phase = InstancePhase.Serving;
        Since = DateTimeOffset.UtcNow;
    }

    /// <summary>Ends in order: says that it is not ready, accepts for <c>ready_delay</c> more so that whoever sends traffic
    /// here can notice, then stops accepting and ends the connections.</summary>
    /// <param name="hurry">Cancelled when no time counts any more: what is left then ends at once.</param>
    /// <param name="closing">Called once <c>ready_delay</c> is over, before anything is given up.</param>
    internal async Task DrainAsync(CancellationToken hurry, Action? closing = null)
    {
        await using CancellationTokenRegistration forward = hurry.Register(_hurry.Cancel);
        Phase = InstancePhase.Draining;
        Cluster.BeginDrain();
        await Task.Delay(Config.Runtime.Shutdown.ReadyDelayMs, _hurry.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing?.Invoke();
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

        // Those that this one has taken the place of drain still, and ask it for sessions.
        _leaving.Add(Task.WhenAny(Task.WhenAll(_served), Task.Delay(Math.Max(limits.DeadlineMs, limits.TunnelDeadlineMs), _hurry.Token)));
        await Task.WhenAll(_leaving);
    }
}
