using System.Net;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Protocols.Dns;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>A zone with two nodes, asked without sockets.</summary>
internal sealed class ZoneUnderTest
{
    private const int EdnsBytes = 1232;

    private readonly DnsResponder _responder;
    private readonly byte[] _client = [192, 0, 2, 1];

    internal ZoneUnderTest(ActiveActiveConfig? config = null, Func<string, bool>? isAlive = null)
    {
        Counters = new DnsCounters();
        _responder = new DnsResponder(new DnsCookies(new byte[DnsCookies.SecretBytes]), Counters, Time);
        View = new ZoneView(new Zone(config ?? Config()), isAlive ?? (_ => true), serial: 7);
    }

    internal FakeTimeProvider Time { get; } = new();

    internal DnsCounters Counters { get; }

    internal ZoneView View { get; set; }

    internal ResponseLimit? Limit { get; set; }

    internal static ActiveActiveConfig Config() => new()
    {
        Bind = BindAddress.Loopback(0),
        Zone = "lb.example.com",
        Records = [Record("www", Node("lb-1", "203.0.113.1", "2001:db8::1"), Node("lb-2", "203.0.113.2")), Record("deep.a.b", Node("lb-1", "203.0.113.1"))],
    };

    internal static DnsAnswerConfig Record(string name, params DnsNodeConfig[] nodes) => new() { Name = name, Nodes = [.. nodes] };

    internal static DnsNodeConfig Node(string name, params string[] addresses) =>
        new() { Node = name, Addresses = [.. addresses.Select(IPAddress.Parse)] };

    internal static DnsName Name(string text) => DnsName.TryParse(text, out DnsName name) ? name : throw new ArgumentException(text);

    internal static byte[] Question(
        string name, DnsType type = DnsType.A, int udpBytes = 0, ushort @class = 1, byte[]? options = null, byte version = 0, bool recurses = true)
    {
        byte[] buffer = new byte[512];
        var writer = new DnsMessageWriter(buffer, new DnsHeader(0xBEEF, IsResponse: false) { RecursionDesired = recurses });
        writer.TryWriteQuestion(new DnsQuestion(Name(name), type, @class)).ShouldBeTrue();
        if (udpBytes > 0)
        {
            writer.TryWriteEdns(new DnsEdns((ushort)udpBytes, Version: version, DnssecOk: true), options).ShouldBeTrue();
        }

        return buffer[..writer.Length];
    }

    internal Reply Ask(string name, DnsType type = DnsType.A, int udpBytes = EdnsBytes, bool isTcp = false) =>
        new(Send(Question(name, type, udpBytes), isTcp));

    internal byte[] Send(byte[] message, bool isTcp = false)
    {
        byte[] buffer = new byte[DnsServerLimits.AnswerBytes];
        return buffer[..Send(message, isTcp, buffer)];
    }

    internal int Send(ReadOnlySpan<byte> message, bool isTcp, byte[] buffer) =>
        _responder.Respond(View, isTcp ? null : Limit, message, _client, isTcp, buffer);
}
