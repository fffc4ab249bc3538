using Atlas.Core.HighAvailability;
using Atlas.Core.Telemetry;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>What is counted of a DNS server. Any thread.</summary>
internal sealed class DnsCounters
{
    private static readonly string[] Types = ["a", "aaaa", "ns", "soa", "any", "other"];

    private static readonly string[] Results = ["answered", "no_data", "no_such_name", "refused", "malformed", "not_implemented", "bad_version"];

    private static readonly string[] Transports = ["udp", "tcp"];

    // By type, result and transport.
    private readonly long[] _questions = new long[Types.Length * Results.Length * Transports.Length];
    private long _ignored;
    private long _dropped;
    private long _slipped;
    private long _passed;
    private long _truncated;
    private long _overLimit;
    private long _connections;

    /// <summary>Connections that are open.</summary>
    internal long Connections => Volatile.Read(ref _connections);

    internal void Count(DnsType type, DnsResult result, bool isTcp) =>
        Interlocked.Increment(ref _questions[CellOf(IndexOf(type), (int)result, isTcp ? 1 : 0)]);

    internal void CountIgnored() => Interlocked.Increment(ref _ignored);

    internal void CountTruncated() => Interlocked.Increment(ref _truncated);

    internal void CountConnection(int change) => Interlocked.Add(ref _connections, change);

    internal void CountConnectionOverLimit() => Interlocked.Increment(ref _overLimit);

    /// <summary>Counts what a limit decided of an answer.</summary>
    /// <param name="verdict">What it decided.</param>
    /// <param name="canTruncate">Whether the answer has records; false: an error, which is sent as it is.</param>
    internal void CountLimited(ResponseVerdict verdict, bool canTruncate)
    {
        switch (verdict)
        {
            case ResponseVerdict.Truncate:
                Interlocked.Increment(ref canTruncate ? ref _slipped : ref _passed);
                break;
            case ResponseVerdict.Drop:
                Interlocked.Increment(ref _dropped);
                break;
            case ResponseVerdict.Send:
            default:
                break;
        }
    }

    /// <summary>Writes all of it.</summary>
    internal void Write(IMetricWriter writer)
    {
        writer.Family(
            "atlas_dns_server_questions_total",
            "Messages to the DNS server, by what they ask for, what became of them, and how they came.",
            MetricKind.Counter);
        for (int type = 0; type < Types.Length; type++)
        {
            for (int result = 0; result < Results.Length; result++)
            {
                for (int transport = 0; transport < Transports.Length; transport++)
                {
                    writer.Sample(
                        Volatile.Read(ref _questions[CellOf(type, result, transport)]),
                        new MetricLabel("type", Types[type]),
                        new MetricLabel("result", Results[result]),
                        new MetricLabel("transport", Transports[transport]));
                }
            }
        }

        One(writer, "atlas_dns_server_ignored_total", "Messages to the DNS server without an answer: too short, or answers themselves.", ref _ignored);
        One(writer, "atlas_dns_server_truncated_total", "Answers of the DNS server that were sent truncated.", ref _truncated);
        writer.Family("atlas_dns_server_limited_total", "Answers of the DNS server above the limit, by what became of them.", MetricKind.Counter);
        writer.Sample(Volatile.Read(ref _dropped), new MetricLabel("action", "dropped"));
        writer.Sample(Volatile.Read(ref _slipped), new MetricLabel("action", "truncated"));
        writer.Sample(Volatile.Read(ref _passed), new MetricLabel("action", "sent"));
        One(writer, "atlas_dns_server_connections_refused_total", "Connections to the DNS server above its limits.", ref _overLimit);
        writer.Family("atlas_dns_server_connections", "Open connections to the DNS server.", MetricKind.Gauge);
        writer.Sample(Connections);
    }

    private static void One(IMetricWriter writer, string name, string help, ref long value)
    {
        writer.Family(name, help, MetricKind.Counter);
        writer.Sample(Volatile.Read(ref value));
    }

    private static int CellOf(int type, int result, int transport) => (((type * Results.Length) + result) * Transports.Length) + transport;

    private static int IndexOf(DnsType type) => type switch
    {
        DnsType.A => 0,
        DnsType.Aaaa => 1,
        DnsType.Ns => 2,
        DnsType.Soa => 3,
        DnsType.Any => 4,
        _ => 5,
    };
}
