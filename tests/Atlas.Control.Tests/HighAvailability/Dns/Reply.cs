using System.Globalization;
using System.Net;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>An answer, read in full: what is not well-formed fails the test.</summary>
internal sealed class Reply
{
    internal Reply(byte[] message)
    {
        Bytes = message;
        DnsMessageReader.TryBegin(message, out DnsMessageReader reader).ShouldBeTrue();
        Header = reader.Header;
        Header.IsResponse.ShouldBeTrue();
        Header.RecursionAvailable.ShouldBeFalse();
        if (reader.TryReadQuestion(out DnsQuestion question))
        {
            Question = question;
        }

        while (reader.TryReadRecord(out DnsRecord record))
        {
            if (record.TryReadEdns(out DnsEdns edns))
            {
                Edns = edns;
                Options = record.Data.ToArray();
            }
            else
            {
                Records.Add($"{record.Section} {record.ReadName()} {record.TtlSeconds} {TextOf(record)}");
            }
        }

        reader.IsAtEnd.ShouldBeTrue();
    }

    internal byte[] Bytes { get; }

    internal DnsHeader Header { get; }

    internal DnsQuestion? Question { get; }

    internal DnsEdns? Edns { get; }

    internal byte[] Options { get; } = [];

    /// <summary>Section, name, time to live, type and data of each.</summary>
    internal List<string> Records { get; } = [];

    internal string[] Addresses => [.. Records.Where(record => record.StartsWith("Answer ", StringComparison.Ordinal)).Select(record => record.Split(' ')[^1])];

    private static string TextOf(DnsRecord record) =>
        record.TryReadAddress(out ReadOnlySpan<byte> address) ? new IPAddress(address).ToString()
        : record.TryReadTarget(out DnsName target) ? $"NS {target}"
        : record.TryReadSoa(out DnsSoa soa) ? string.Create(CultureInfo.InvariantCulture, $"SOA {soa.PrimaryServer} {soa.Mailbox} {soa.Serial} {soa.MinimumSeconds}")
        : $"{record.Type} {Convert.ToHexString(record.Data)}";
}
