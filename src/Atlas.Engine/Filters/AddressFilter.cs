using Atlas.Engine.Links;
using static Atlas.Engine.Interop.FilterConstants;
using static Atlas.Engine.Interop.LinkConstants;

namespace Atlas.Engine.Filters;

/// <summary>The tables of an <see cref="AddressLease"/>, as changes of nf_tables. Pure.</summary>
internal sealed partial class AddressFilter
{
    private const string Held = "held";
    private const string Live = "live";
    private const string Before = "before";
    private const string Asked = "asked";

    // Before connections are tracked and translated (NF_IP_PRI_RAW): what mode: kernel redirects never reaches this host's input.
    private const int BeforePriority = -300;
    private const int AskedPriority = 0;

    // The types of nft, by which it shows keys: ipv4_addr, ipv6_addr.
    private const int TypeAddress = 7;
    private const int TypeAddress6 = 8;

    // Where a packet has its destination (RFC 791 3.1, RFC 8200 3), ARP the address that is asked for (RFC 826, with Ethernet's
    // addresses), and a neighbour solicitation its target (RFC 4861 4.3).
    private const int Destination = 16;
    private const int Destination6 = 24;
    private const int ArpTarget = 24;
    private const int SolicitedTarget = 8;

    private readonly FilterTable _packets;
    private readonly FilterTable[] _tables;
    private readonly int _keyLength;

    internal AddressFilter(string name, bool isIpv6)
    {
        IsIpv6 = isIpv6;
        _keyLength = isIpv6 ? LinkAddress.MaxLength : sizeof(uint);
        _packets = new FilterTable(isIpv6 ? NFPROTO_IPV6 : NFPROTO_IPV4, name);
        _tables = isIpv6 ? [_packets] : [_packets, new FilterTable(NFPROTO_ARP, name)];
    }

    internal bool IsIpv6 { get; }

    /// <summary>Makes them anew, whatever was there.</summary>
    internal NetlinkBatch Replace(AddressLeaseTerms terms)
    {
        var batch = new FilterBatch();
        WriteAnew(batch, terms);
        return batch.Finish();
    }

    /// <summary>Makes them under a name of their own and removes them.</summary>
    internal NetlinkBatch Try(AddressLeaseTerms terms)
    {
        var trial = new AddressFilter(_packets.Name[..Math.Min(_packets.Name.Length, 200)] + "/trial", IsIpv6);
        var batch = new FilterBatch();
        trial.WriteAnew(batch, terms);
        Array.ForEach(trial._tables, batch.RemoveTable);
        return batch.Finish();
    }

    /// <summary>Removes them, if they are there.</summary>
    internal NetlinkBatch Remove()
    {
        var batch = new FilterBatch();
        WriteGone(batch);
        return batch.Finish();
    }

    /// <summary>Has both sets begin anew. The kernel keeps the time of an element that is added again (before Linux 6.12), so each is
    /// removed between; and one that ran out can't be removed, so each is added first.</summary>
    internal NetlinkBatch Renew(AddressLeaseTerms terms)
    {
        byte[] keys = Keys(terms);
        var batch = new FilterBatch();
        foreach (FilterTable table in _tables)
        {
            foreach ((string set, int timeoutMs) in Sets(terms))
            {
                batch.AddElements(table, set, keys, _keyLength, timeoutMs);
                batch.RemoveElements(table, set, keys, _keyLength);
                batch.AddElements(table, set, keys, _keyLength, timeoutMs);
            }
        }

        return batch.Finish();
    }

    private static (string Set, int TimeoutMs)[] Sets(AddressLeaseTerms terms) => [(Held, terms.FilterMs), (Live, terms.AnswerMs)];

    private byte[] Keys(AddressLeaseTerms terms)
    {
        LinkAddress[] addresses = [.. terms.Addresses.Distinct()];
        byte[] keys = new byte[addresses.Length * _keyLength];
        for (int i = 0; i < addresses.Length; i++)
        {
            addresses[i].WriteTo(keys.AsSpan(i * _keyLength));
        }

        return keys;
    }

    // One that is not there can't be removed.
    private void WriteGone(FilterBatch batch)
    {
        Array.ForEach(_tables, batch.AddTable);
        Array.ForEach(_tables, batch.RemoveTable);
    }

    private void WriteAnew(FilterBatch batch, AddressLeaseTerms terms)
    {
        byte[] keys = Keys(terms);
        WriteGone(batch);
        foreach (FilterTable table in _tables)
        {
            batch.AddTable(table);
            foreach ((string set, int timeoutMs) in Sets(terms))
            {
                batch.AddSet(table, set, IsIpv6 ? TypeAddress6 : TypeAddress, _keyLength, NFT_SET_TIMEOUT);
                batch.AddElements(table, set, keys, _keyLength, timeoutMs);
            }

            if (table.Family == NFPROTO_ARP)
            {
                batch.AddChain(table, Asked, NF_ARP_IN, AskedPriority);
                DropLapsed(batch, table, Asked, rule => rule.Load(NFT_PAYLOAD_NETWORK_HEADER, ArpTarget, _keyLength));
            }
            else
            {
                WriteBefore(batch);
                WriteAccepted(batch, terms.Accepts);
            }
        }
    }

    private void WriteBefore(FilterBatch batch)
    {
        batch.AddChain(_packets, Before, NF_INET_PRE_ROUTING, BeforePriority);
        LeaveOwn(batch, Before);
        DropLapsed(batch, _packets, Before, LoadDestination);
        if (IsIpv6)
        {
            DropLapsed(batch, _packets, Before, rule => rule
                .MetaIs(NFT_META_L4PROTO, [IPPROTO_ICMPV6])
                .BytesAre(NFT_PAYLOAD_TRANSPORT_HEADER, 0, [ND_NEIGHBOR_SOLICIT])
                .Load(NFT_PAYLOAD_TRANSPORT_HEADER, SolicitedTarget, _keyLength));
        }
    }

    // What this host sends to itself.
    private void LeaveOwn(FilterBatch batch, string chain) =>
        batch.AddRule(_packets, chain, rule => rule.MetaIs(NFT_META_IIFTYPE, BitConverter.GetBytes((ushort)ARPHRD_LOOPBACK)).Accept());

    private FilterRule LoadDestination(FilterRule rule) =>
        rule.Load(NFT_PAYLOAD_NETWORK_HEADER, IsIpv6 ? Destination6 : Destination, _keyLength);

    /// <summary>Drops packets with an address that this host had a moment ago.</summary>
    private static void DropLapsed(FilterBatch batch, FilterTable table, string chain, Func<FilterRule, FilterRule> load) =>
        batch.AddRule(table, chain, rule => load(rule).IsIn(Held).IsNotIn(Live).Drop());
}
