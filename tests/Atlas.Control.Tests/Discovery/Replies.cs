using System.Net;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.Discovery;

/// <summary>Messages that answer.</summary>
internal static class Replies
{
    internal delegate void Fill(ref DnsMessageWriter writer);

    internal static DnsName Name(string text) => DnsName.TryParse(text, out DnsName name) ? name : throw new ArgumentException(text);

    internal static byte[] Of(
        ushort id, DnsQuestion question, Fill fill, DnsResponseCode code = DnsResponseCode.NoError, bool isTruncated = false, bool recurses = true)
    {
        Span<byte> buffer = stackalloc byte[16_384];
        var writer = new DnsMessageWriter(
            buffer, new DnsHeader(id, IsResponse: true) { ResponseCode = code, IsTruncated = isTruncated, RecursionAvailable = recurses });
        writer.TryWriteQuestion(question);
        fill(ref writer);
        return buffer[..writer.Length].ToArray();
    }

    internal static byte[] Of(ushort id, DnsQuestion question, DnsResponseCode code) => Of(id, question, (ref DnsMessageWriter _) => { }, code);

    internal static byte[] Addresses(ushort id, DnsQuestion question, params string[] addresses) =>
        Of(id, question, (ref DnsMessageWriter writer) =>
        {
            foreach (string address in addresses)
            {
                writer.TryWriteAddress(DnsSection.Answer, question.Name, 60, IPAddress.Parse(address).GetAddressBytes());
            }
        });
}
