using System.Buffers.Binary;
using static Atlas.Engine.Interop.FilterConstants;
using static Atlas.Engine.Interop.LinkConstants;
using static Atlas.Engine.Interop.LinuxConstants;

namespace Atlas.Engine.Filters;

/// <summary>What is taken at the addresses, where that is not everything.</summary>
internal sealed partial class AddressFilter
{
    private const string Accepted = "accepted";
    private const string Served = "served";
    private const string Told = "told";

    // The types of nft, by which it shows keys: icmp_type, icmpv6_type; inet_proto and inet_service, of which a key has one after the
    // other, each in four bytes.
    private const int TypeMessage = 14;
    private const int TypeMessage6 = 29;
    private const int TypePort = (12 << 6) | 13;
    private const int PortKeyLength = 2 * sizeof(uint);

    // In the headers of TCP and UDP.
    private const int DestinationPort = 2;

    // Without them connections would not learn how large packets may be, or that their peer can't be reached. None of them is answered
    // but a solicitation, which is what the address has to answer.
    private static readonly byte[] Messages = [ICMP_DEST_UNREACH, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB];

    private static readonly byte[] Messages6 =
    [
        ICMP6_DST_UNREACH, ICMP6_PACKET_TOO_BIG, ICMP6_TIME_EXCEEDED, ICMP6_PARAM_PROB, ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT,
    ];

    private void WriteAccepted(FilterBatch batch, IReadOnlyList<AcceptedPort>? ports)
    {
        if (ports is null)
        {
            return;
        }

        batch.AddSet(_packets, Served, TypePort, PortKeyLength, NFT_SET_TIMEOUT);
        foreach (AcceptedPort port in ports)
        {
            byte[] key = new byte[PortKeyLength];
            key[0] = (byte)(port.IsUdp ? IPPROTO_UDP : IPPROTO_TCP);
            BinaryPrimitives.WriteUInt16BigEndian(key.AsSpan(sizeof(uint)), (ushort)port.Port);
            batch.AddElements(_packets, Served, key, PortKeyLength, port.TimeoutMs);
        }

        batch.AddSet(_packets, Told, IsIpv6 ? TypeMessage6 : TypeMessage, sizeof(byte), 0);
        batch.AddElements(_packets, Told, IsIpv6 ? Messages6 : Messages, sizeof(byte));
        batch.AddChain(_packets, Accepted, NF_INET_LOCAL_IN, BeforePriority);
        LeaveOwn(batch, Accepted);
        batch.AddRule(_packets, Accepted, rule => LoadDestination(rule).IsNotIn(Held).Accept());
        batch.AddRule(_packets, Accepted, rule => rule
            .LoadMeta(NFT_META_L4PROTO, NFT_REG32_00)
            .Load(NFT_PAYLOAD_TRANSPORT_HEADER, DestinationPort, sizeof(ushort), NFT_REG32_01)
            .IsIn(Served, NFT_REG32_00)
            .Accept());
        batch.AddRule(_packets, Accepted, rule => rule
            .MetaIs(NFT_META_L4PROTO, [(byte)(IsIpv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP)])
            .Load(NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof(byte))
            .IsIn(Told)
            .Accept());
        if (IsIpv6)
        {
            // Of no use without the first. Fragments of IPv4 are put together before.
            batch.AddRule(_packets, Accepted, rule => rule.IsLaterFragment().Accept());
        }

        batch.AddRule(_packets, Accepted, rule => rule.Drop());
    }
}
