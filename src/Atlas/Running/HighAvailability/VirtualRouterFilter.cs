using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Engine.Filters;
using Atlas.Engine.Links;

namespace Atlas.Running.HighAvailability;

/// <summary>What the kernel's filter has to do for a virtual router: it has a lease in milliseconds where the lifetime of addresses, which
/// the kernel counts in seconds, is longer than the others wait for an advertisement, and where <c>accept</c> is false, a list of what is
/// taken at the addresses. Where the kernel has no such filter, the lifetime is all there is, and there is no <c>accept: false</c>. The
/// thread of <see cref="VirtualRouters"/> only.</summary>
internal sealed class VirtualRouterFilter : IDisposable
{
    private const int MillisecondsPerSecond = 1_000;
    private const long MicrosecondsPerMillisecond = 1_000;

    // The kernel removes an address whose lifetime is over up to a second later, as it looks at several at a time.
    private const int MarginMs = 2_000;

    private readonly Action<string> _say;
    private readonly Dictionary<AcceptedPort, long> _leaving = [];
    private IReadOnlyList<AcceptedPort> _served = [];
    private AddressLease? _lease;
    private int _error;
    private bool _hasSaid;
    private long _renewedAtUs;

    /// <summary>One that is not in force yet.</summary>
    /// <param name="say">Takes sentences for the operator.</param>
    internal VirtualRouterFilter(Action<string> say) => _say = say;

    /// <summary>The lifetime of the addresses: the kernel lets them go by itself when this process is stopped or dead for as long as the
    /// others need to see it, in whole seconds as it counts them.</summary>
    internal static int KeepSeconds(VirtualRouterConfig config) => Math.Max(1, LapseMs(config) / MillisecondsPerSecond);

    /// <summary>Whether a virtual router has one.</summary>
    internal static bool IsNeeded(VirtualRouterConfig config) =>
        Selects(config) || LapseMs(config) < KeepSeconds(config) * MillisecondsPerSecond;

    /// <summary>Says why the kernel can't do what a virtual router must have of it; null: it can.</summary>
    internal static string? FindMissing(VirtualRouterConfig config)
    {
        if (!Selects(config))
        {
            return null;
        }

        using var lease = AddressLease.TryOpen(NameOf(config), config.IsIPv6, out int error);
        int result = lease?.Try(TermsOf(config, 0, [])) ?? -error;
        return result < 0 ? $"'accept: false' of virtual router {VirtualRouterStatus.NameOf(config)}: {Refused(result)}" : null;
    }

    /// <summary>Whether this is what it knows to be served.</summary>
    internal bool Serves(IReadOnlyList<AcceptedPort> served) => _served.SequenceEqual(served);

    /// <summary>Says what is served from now on. What is served no more stays reachable for a time, so that what is open may end. Takes effect
    /// at the next <see cref="Hold"/>.</summary>
    /// <param name="served">Where packets are taken.</param>
    /// <param name="leaveMs">For how long those stay that are gone.</param>
    /// <param name="nowUs">The time.</param>
    internal void Serve(IReadOnlyList<AcceptedPort> served, int leaveMs, long nowUs)
    {
        foreach (AcceptedPort gone in _served.Except(served))
        {
            _leaving[gone] = nowUs + (leaveMs * MicrosecondsPerMillisecond);
        }

        foreach (AcceptedPort port in _leaving.Keys.Where(port => served.Contains(port) || _leaving[port] <= nowUs).ToArray())
        {
            _leaving.Remove(port);
        }

        _served = served;
    }

    /// <summary>Puts it in force, or out of force where it is not needed.</summary>
    /// <param name="config">The virtual router.</param>
    /// <param name="nowUs">The time.</param>
    /// <param name="atLeastMs">For how long at least; usually it is three intervals.</param>
    /// <returns>0, also where the kernel refuses and the lifetime does alone, or a negative error number.</returns>
    internal int Hold(VirtualRouterConfig config, long nowUs, int atLeastMs = 0)
    {
        if (!IsNeeded(config))
        {
            Remove();
            return 0;
        }

        _lease ??= AddressLease.TryOpen(NameOf(config), config.IsIPv6, out _error);
        _renewedAtUs = nowUs;
        int result = _lease?.Hold(TermsOf(config, atLeastMs, Accepted(nowUs))) ?? -_error;
        return result < 0 ? Refuse(config, result) : 0;
    }

    /// <summary>Has it run on from now. It lasts for three intervals, so that a refusal matters only once the next one would come too
    /// late.</summary>
    /// <returns>0, also where the kernel refuses and the lifetime does alone, or a negative error number.</returns>
    internal int Renew(VirtualRouterConfig config, long nowUs)
    {
        int result = _lease?.Renew() ?? 0;
        if (result >= 0)
        {
            _renewedAtUs = nowUs;
            return 0;
        }

        bool mayWait = _lease!.IsHeld && nowUs - _renewedAtUs < config.AdvertiseMs * MicrosecondsPerMillisecond * 3 / 2;
        return mayWait ? 0 : Refuse(config, result);
    }

    /// <summary>Puts it out of force, after the addresses are gone.</summary>
    internal void Remove()
    {
        if (_lease is { IsHeld: true })
        {
            _lease.Remove();
        }
    }

    /// <summary>Removes what another process has left in force.</summary>
    internal static void RemoveLeft(VirtualRouterConfig config)
    {
        using var left = AddressLease.TryOpen(NameOf(config), config.IsIPv6, out _);
        left?.Remove();
    }

    /// <summary>Closes it. What is in force runs out by itself, if no other process goes on with it.</summary>
    public void Dispose() => _lease?.Dispose();

    private static int LapseMs(VirtualRouterConfig config) => VirtualRouterTimes.MissingAdvertisements * config.AdvertiseMs;

    private static string NameOf(VirtualRouterConfig config) => $"{config.Interface}/{config.RouterId}";

    private static string Refused(int error) => $"the kernel's filter (nf_tables) refuses it: {LinkRights.Text(error)}";

    // An owner always takes all (RFC 9568 6.1).
    private static bool Selects(VirtualRouterConfig config) => !config.Accept && config.Priority != VirtualRouterSettings.OwnerPriority;

    private static AddressLeaseTerms TermsOf(VirtualRouterConfig config, int atLeastMs, IReadOnlyList<AcceptedPort> accepted)
    {
        int answerMs = Math.Max(LapseMs(config), atLeastMs);
        return new AddressLeaseTerms
        {
            Addresses = [.. config.Addresses.Select(address => LinkAddress.Of(address.Address))],
            AnswerMs = answerMs,
            FilterMs = Math.Max(answerMs, KeepSeconds(config) * MillisecondsPerSecond) + MarginMs,
            Accepts = Selects(config) ? accepted : null,
        };
    }

    private AcceptedPort[] Accepted(long nowUs) =>
    [
        .. _served,
        .. _leaving.Where(port => port.Value > nowUs).Select(port =>
            port.Key with { TimeoutMs = (int)Math.Max(1, (port.Value - nowUs) / MicrosecondsPerMillisecond) }),
    ];

    private int Refuse(VirtualRouterConfig config, int error)
    {
        if (Selects(config))
        {
            return error;
        }

        // What is not renewed would take the addresses away from a node that lives.
        Remove();
        if (!_hasSaid)
        {
            _hasSaid = true;
            _say($"virtual router {VirtualRouterStatus.NameOf(config)} goes without a lease in milliseconds: {Refused(error)}. While this "
                + $"process is stopped or hangs, this host answers for the addresses up to {KeepSeconds(config)} s");
        }

        return 0;
    }
}
