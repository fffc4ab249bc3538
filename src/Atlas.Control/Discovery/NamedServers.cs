using System.Net;
using Atlas.Core.Configuration;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery;

/// <summary>The servers of a name in a pool, under the discovery's lock.</summary>
internal sealed class NamedServers(NamedServersKey key, bool isFirst)
{
    /// <summary>How often the name of an <c>address</c> is looked up at least, in ms; the default of <c>refresh</c>.</summary>
    internal const int DefaultRefreshMs = 10_000;

    /// <summary>The most servers of one name; further ones are left out.</summary>
    internal const int MaxServers = 256;

    /// <summary>The most hosts of SRV records that are looked up; further ones are left out.</summary>
    internal const int MaxTargets = 64;

    internal NamedServersKey Key { get; } = key;

    /// <summary>Whether the first configuration had it.</summary>
    internal bool IsFirst { get; } = isFirst;

    /// <summary>The longest time between lookups.</summary>
    internal int RefreshMs { get; set; } = DefaultRefreshMs;

    /// <summary>What it depends on.</summary>
    internal Dictionary<NameKey, NameWatch> Watches { get; } = [];

    /// <summary>The servers, by priority and address: records that come in another order change nothing.</summary>
    internal IReadOnlyList<ResolvedServer> Servers { get; private set; } = [];

    /// <summary>Whether the first lookups have yet to end.</summary>
    internal bool IsPending { get; private set; } = true;

    /// <summary>What has to be looked up for it, as far as that is known.</summary>
    internal IEnumerable<NameKey> Wanted => Key.RecordType switch
    {
        DnsRecordType.A => [new NameKey(Key.Host, DnsType.A)],
        DnsRecordType.Aaaa => [new NameKey(Key.Host, DnsType.Aaaa)],
        DnsRecordType.Srv => Services.SelectMany(service => AddressesOf(HostOf(service))).Prepend(Service).Distinct(),
        null => AddressesOf(Key.Host),
        _ => throw new InvalidOperationException("unknown type"),
    };

    /// <summary>A lookup for want of which the servers are not what they should be, or not certain to be; null: none.</summary>
    internal NameWatch? Problem
    {
        get
        {
            NameWatch[] watches = [.. Watches.Values.Where(watch => watch.State.Last is not null)];
            return watches.FirstOrDefault(watch => watch.State.Last!.IsFailure)
                ?? watches.FirstOrDefault(watch => watch.State.Last!.IsNegative && watch.State.Answer is not null)
                ?? (watches.Length > 0 && watches.All(watch => watch.State.IsAbsent) ? watches[0] : null);
        }
    }

    /// <summary>Whether its SRV record says that the service is not there (RFC 2782: the target <c>.</c>).</summary>
    internal bool IsDeclined => Services.Length == 0
        && Watches.GetValueOrDefault(Service)?.State.Answer?.Services.Any(service => service.Target.IsRoot) == true;

    private NameKey Service => new(Key.Host, DnsType.Srv);

    // Those that are used first come first, should there be too many.
    private DnsSrv[] Services => [.. (Watches.GetValueOrDefault(Service)?.State.Answer?.Services ?? [])
        .Where(service => !service.Target.IsRoot && service.Port > 0)
        .OrderBy(service => service.Priority)
        .ThenBy(service => HostOf(service), StringComparer.Ordinal)
        .ThenBy(service => service.Port)
        .Take(MaxTargets)];

    /// <summary>Takes what is known of its names. While that of some is not known at all, it stays as it is.</summary>
    /// <returns>The servers before; null: they are the same.</returns>
    internal IReadOnlyList<ResolvedServer>? Review()
    {
        if (Watches.Values.Any(watch => watch.State.Last is null))
        {
            return null;
        }

        IsPending = false;
        ResolvedServer[] next = [.. Find()
            .DistinctBy(server => server.Address)
            .Take(MaxServers)
            .OrderBy(server => server.IsBackup)
            .ThenBy(server => server.Address.ToString(), StringComparer.Ordinal)];
        if (next.SequenceEqual(Servers) || (next.Length == 0 && !IsEmpty))
        {
            return null;
        }

        IReadOnlyList<ResolvedServer> before = Servers;
        Servers = next;
        return before;
    }

    // A host name in place of an address was written as one server that is there: a name that went away is more likely a mistake
    // of the zone than the wish to have no server. With SRV the records decide, or that none of their hosts is there.
    private bool IsEmpty => Key.RecordType switch
    {
        null => false,
        DnsRecordType.Srv => Services.Length == 0
            ? Watches[Service].State is { IsAbsent: true } or { Answer: not null }
            : Watches.Values.Where(watch => watch.Key != Service).All(watch => watch.State.IsAbsent),
        DnsRecordType.A or DnsRecordType.Aaaa => Watches.Values.All(watch => watch.State.IsAbsent),
        _ => throw new InvalidOperationException("unknown type"),
    };

    private static IEnumerable<NameKey> AddressesOf(string host) => [new NameKey(host, DnsType.A), new NameKey(host, DnsType.Aaaa)];

    // A target is a whole name (RFC 2782): no search domain belongs behind it.
    private static string HostOf(DnsSrv service) => $"{service.Target.ToString().ToLowerInvariant()}.";

    private IEnumerable<ResolvedServer> Find()
    {
        if (Key.RecordType != DnsRecordType.Srv)
        {
            return Known(Watches.Values).Select(address => new ResolvedServer(new IPEndPoint(address, Key.Port), null, IsBackup: false));
        }

        // All weights 0 ask for equal shares, one among others for a very small one (RFC 2782).
        DnsSrv[] services = Services;
        int first = services.Length == 0 ? 0 : services[0].Priority;
        IPAddress[][] addresses = [.. services.Select(service => Known(AddressesOf(HostOf(service)).Select(name => Watches[name])).ToArray())];
        int[] weights = SrvWeights.Of([.. services.Zip(addresses, (service, of) => (Math.Max((int)service.Weight, 1), of.Length))]);
        return Enumerable.Range(0, services.Length).SelectMany(i => addresses[i].Select(address => new ResolvedServer(
            new IPEndPoint(address, services[i].Port), weights[i], services[i].Priority != first)));
    }

    private static IEnumerable<IPAddress> Known(IEnumerable<NameWatch> watches) =>
        watches.OrderBy(watch => watch.Key.Type).SelectMany(watch => watch.State.Answer?.Addresses ?? []);
}
