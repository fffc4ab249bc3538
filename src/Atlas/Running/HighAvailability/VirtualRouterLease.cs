using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Engine.Filters;
using Atlas.Engine.Links;

namespace Atlas.Running.HighAvailability;

/// <summary>The lease in milliseconds that a virtual router has where the lifetime of addresses, which the kernel counts in seconds, is
/// longer than the others wait for an advertisement. Where the kernel has no such filter, the lifetime is all there is. The thread of
/// <see cref="VirtualRouters"/> only.</summary>
internal sealed class VirtualRouterLease : IDisposable
{
    private const int MillisecondsPerSecond = 1_000;

    // The kernel removes an address whose lifetime is over up to a second later, as it looks at several at a time.
    private const int MarginMs = 2_000;

    private readonly Action<string> _say;
    private AddressLease? _lease;
    private bool _hasSaid;

    /// <summary>One that is not in force yet.</summary>
    /// <param name="say">Takes sentences for the operator.</param>
    internal VirtualRouterLease(Action<string> say) => _say = say;

    /// <summary>The lifetime of the addresses: the kernel lets them go by itself when this process is stopped or dead for as long as the
    /// others need to see it, in whole seconds as it counts them.</summary>
    internal static int KeepSeconds(VirtualRouterConfig config) => Math.Max(1, LapseMs(config) / MillisecondsPerSecond);

    /// <summary>Whether a virtual router has one.</summary>
    internal static bool IsNeeded(VirtualRouterConfig config) => LapseMs(config) < KeepSeconds(config) * MillisecondsPerSecond;

    /// <summary>Puts it in force, or out of force where it is not needed.</summary>
    /// <param name="config">The virtual router.</param>
    /// <param name="atLeastMs">For how long at least; usually it is three intervals.</param>
    /// <returns>0, also where the kernel refuses and the lifetime does alone, or a negative error number.</returns>
    internal int Hold(VirtualRouterConfig config, int atLeastMs = 0)
    {
        if (!IsNeeded(config))
        {
            Remove();
            return 0;
        }

        int result = Open(config)?.Hold(new AddressLeaseTerms
        {
            Addresses = [.. config.Addresses.Select(address => LinkAddress.Of(address.Address))],
            AnswerMs = Math.Max(LapseMs(config), atLeastMs),
            FilterMs = (KeepSeconds(config) * MillisecondsPerSecond) + MarginMs,
        }) ?? 0;
        if (result < 0)
        {
            GoWithout(config, result);
        }

        return 0;
    }

    /// <summary>Has it run on from now.</summary>
    internal void Renew(VirtualRouterConfig config)
    {
        int result = _lease?.Renew() ?? 0;
        if (result < 0)
        {
            // What is not renewed takes the addresses away from a node that lives.
            Remove();
            GoWithout(config, result);
        }
    }

    /// <summary>Puts it out of force, after the addresses are gone.</summary>
    internal void Remove()
    {
        if (_lease is { IsHeld: true })
        {
            _lease.Remove();
        }
    }

    /// <summary>Removes what another process has left in force, unless <see cref="Hold"/> is to take its place in one step.</summary>
    /// <param name="config">The virtual router.</param>
    /// <param name="continues">Whether this process goes on for the other one, and with the addresses.</param>
    internal static void RemoveLeft(VirtualRouterConfig config, bool continues)
    {
        if (IsNeeded(config) != continues)
        {
            using var left = AddressLease.TryOpen(NameOf(config), config.IsIPv6, out _);
            left?.Remove();
        }
    }

    /// <summary>Closes it. What is in force runs out by itself, if no other process goes on with it.</summary>
    public void Dispose() => _lease?.Dispose();

    private static int LapseMs(VirtualRouterConfig config) => VirtualRouterTimes.MissingAdvertisements * config.AdvertiseMs;

    private static string NameOf(VirtualRouterConfig config) => $"{config.Interface}/{config.RouterId}";

    private AddressLease? Open(VirtualRouterConfig config)
    {
        if (_lease is null)
        {
            _lease = AddressLease.TryOpen(NameOf(config), config.IsIPv6, out int error);
            if (_lease is null)
            {
                GoWithout(config, error);
            }
        }

        return _lease;
    }

    private void GoWithout(VirtualRouterConfig config, int error)
    {
        if (!_hasSaid)
        {
            _hasSaid = true;
            _say($"virtual router {VirtualRouterStatus.NameOf(config)} goes without a lease in milliseconds: the kernel's filter (nf_tables) "
                + $"refuses it: {LinkRights.Text(error)}. While this process is stopped or hangs, this host answers for the addresses up to "
                + $"{KeepSeconds(config)} s");
        }
    }
}
