using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

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
        })
        && (config.Store is null || StoreLeases.KeyOf(config) == StoreLeases.KeyOf(_config));

    /// <summary>Goes by another configuration, in the state that it is in and with the addresses that stay. The priority is changed by
    /// <see cref="ChangePriority"/>.</summary>
    internal void Change(VirtualRouterConfig config, long nowUs)
    {
        bool hasOthers = !config.Addresses.Equals(_config.Addresses);
        _config = config;
        _status = _status with { Config = config };
        _router.ChangeSettings(SettingsOf(config), nowUs);
        if (hasOthers)
        {
            _link.Change(config, hasAddresses: _router.State == VirtualRouterState.Master);
            Look(nowUs);
            if (_router.State == VirtualRouterState.Master)
            {
                _lease.Hold(_config);
                Keep(nowUs);
            }
        }
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
