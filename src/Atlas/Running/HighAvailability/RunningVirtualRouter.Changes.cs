using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Engine.Filters;

namespace Atlas.Running.HighAvailability;

/// <summary>How a virtual router follows its configuration, and what it tracks.</summary>
internal sealed partial class RunningVirtualRouter
{
    /// <summary>Whether it can go by another configuration without an end and a new beginning.</summary>
    internal bool CanGoOnWith(VirtualRouterConfig config) =>
        _config.IsIPv6 == config.IsIPv6 && config.Equals(_config with
        {
            Priority = config.Priority,
            Addresses = config.Addresses,
            Preempt = config.Preempt,
            PreemptDelayMs = config.PreemptDelayMs,
            Track = config.Track,
            Announce = config.Announce,
            Accept = config.Accept,
        })
        && (config.Store is null || StoreLeases.KeyOf(config) == StoreLeases.KeyOf(_config));

    /// <summary>Whether it knows that this is served at its addresses.</summary>
    internal bool Serves(IReadOnlyList<AcceptedPort> served) => _filter.Serves(served);

    /// <summary>Goes by another configuration, in the state that it is in and with the addresses that stay. The priority is changed by
    /// <see cref="ChangePriority"/>.</summary>
    /// <param name="config">It.</param>
    /// <param name="served">What this process serves at the addresses.</param>
    /// <param name="leaveMs">How long what is open may last where it is served no more.</param>
    /// <param name="nowUs">The time.</param>
    internal void Change(VirtualRouterConfig config, IReadOnlyList<AcceptedPort> served, int leaveMs, long nowUs)
    {
        bool hasOthers = !config.Addresses.Equals(_config.Addresses);
        TellAddresses(_config, config);
        _config = config;
        _status = _status with { Config = config };
        _router.ChangeSettings(SettingsOf(config), nowUs);
        _filter.Serve(served, leaveMs, nowUs);
        if (hasOthers)
        {
            _link.Change(config, hasAddresses: _router.State == VirtualRouterState.Master);
            Look(nowUs);
        }

        if (_router.State == VirtualRouterState.Master)
        {
            Keep(nowUs, _filter.Hold(_config, nowUs));
        }
    }

    private void TellAddresses(VirtualRouterConfig before, VirtualRouterConfig after)
    {
        IPAddress[] added = Missing(after, before);
        IPAddress[] removed = Missing(before, after);
        if (added.Length + removed.Length > 0)
        {
            string with = added.Length > 0 ? $"{Listed(added)} added" : "";
            string without = removed.Length > 0 ? $"{Listed(removed)} removed" : "";
            _say($"virtual router {_status.Name}: {with}{(with.Length > 0 && without.Length > 0 ? ", " : "")}{without}");
        }

        static IPAddress[] Missing(VirtualRouterConfig of, VirtualRouterConfig other) =>
            [.. of.Addresses.Select(address => address.Address).Except(other.Addresses.Select(address => address.Address))];

        static string Listed(IPAddress[] addresses) => string.Join(", ", addresses.Select(address => address.ToString()));
    }

    /// <summary>Goes by another priority.</summary>
    /// <param name="priority">It.</param>
    /// <param name="lowered">Why it is not the configured one; empty: it is.</param>
    /// <param name="nowUs">The time.</param>
    internal void ChangePriority(int priority, string lowered, long nowUs)
    {
        _lowered = lowered;
        Do(_router.ChangePriority(priority, nowUs), nowUs);
        Publish();
    }
}
