using System.Net;
using Atlas.Core.Configuration;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>The records of one answer that have to do with its question.</summary>
internal sealed class DnsReplyRecords(DnsQuestion question)
{
    private readonly Dictionary<DnsName, (DnsName Target, long TtlMs)> _aliases = [];
    private readonly List<(DnsName Name, IPAddress Address, long TtlMs)> _addresses = [];
    private readonly List<(DnsName Name, DnsSrv Service, long TtlMs)> _services = [];

    /// <summary>Whether the data of a record that counts could not be read.</summary>
    internal bool IsMalformed { get; private set; }

    /// <summary>Whether who answers has said that there is nothing (RFC 2308 2.2).</summary>
    internal bool HasSoa { get; private set; }

    /// <summary>How long it holds that there is nothing (RFC 2308 5).</summary>
    internal long NegativeTtlMs { get; private set; } = long.MaxValue;

    /// <summary>Takes a record, if it counts.</summary>
    internal void Take(DnsRecord record)
    {
        long ttlMs = record.TtlSeconds * 1_000L;
        if (record.Class != DnsQuestion.Internet)
        {
            return;
        }

        if (record.Section == DnsSection.Authority && record.TryReadSoa(out DnsSoa soa))
        {
            HasSoa = true;
            NegativeTtlMs = Math.Min(ttlMs, soa.MinimumSeconds * 1_000L);
        }
        else if (record.Section == DnsSection.Answer && record.Type == DnsType.Cname)
        {
            IsMalformed |= !record.TryReadTarget(out DnsName target);
            _aliases[record.ReadName()] = (target, ttlMs);
        }
        else if (record.Section == DnsSection.Answer && record.Type == question.Type)
        {
            TakeAnswer(record, ttlMs);
        }
    }

    /// <summary>Goes from the question's name over its aliases.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="name">The last name.</param>
    /// <param name="ttlMs">How long the way holds.</param>
    /// <returns>False: there are more, or they lead in a circle.</returns>
    internal bool TryFollow(int limit, out DnsName name, out long ttlMs)
    {
        name = question.Name;
        ttlMs = long.MaxValue;
        for (int i = 0; i <= limit; i++)
        {
            if (!_aliases.TryGetValue(name, out var alias))
            {
                return true;
            }

            name = alias.Target;
            ttlMs = Math.Min(ttlMs, alias.TtlMs);
        }

        return false;
    }

    /// <summary>The addresses of a name, each once, without those that nobody can have.</summary>
    internal IReadOnlyList<IPAddress> AddressesOf(DnsName name, ref long ttlMs)
    {
        var found = _addresses.Where(record => record.Name.Equals(name)).Take(DnsReply.MaxRecords).ToArray();
        ttlMs = found.Aggregate(ttlMs, (least, record) => Math.Min(least, record.TtlMs));
        return [.. found.Select(record => record.Address).Where(CanConnect).Distinct()];
    }

    /// <summary>The services of a name, each once.</summary>
    internal IReadOnlyList<DnsSrv> ServicesOf(DnsName name, ref long ttlMs)
    {
        var found = _services.Where(record => record.Name.Equals(name)).Take(DnsReply.MaxRecords).ToArray();
        ttlMs = found.Aggregate(ttlMs, (least, record) => Math.Min(least, record.TtlMs));
        return [.. found.Select(record => record.Service).Distinct()];
    }

    private void TakeAnswer(DnsRecord record, long ttlMs)
    {
        if (record.TryReadAddress(out ReadOnlySpan<byte> address))
        {
            _addresses.Add((record.ReadName(), new IPAddress(address), ttlMs));
        }
        else if (record.TryReadSrv(out DnsSrv service))
        {
            _services.Add((record.ReadName(), service, ttlMs));
        }
        else
        {
            IsMalformed = true;
        }
    }

    // Filters that hide a name answer with the unspecified address, and a link-local one needs an interface beside it.
    private static bool CanConnect(IPAddress address) =>
        !BindAddress.IsAny(address) && !address.IsIPv6LinkLocal && !address.IsIPv6Multicast;
}
