using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>What Atlas sends, as tshark reads it: advertisements, and the frames that tell the network who has the address.</summary>
public sealed class CaptureTests
{
    private const string Tshark = "/usr/bin/tshark";

    // At ten each second.
    private const int Advertisements = 30;

    // Of Wireshark's states of a checksum: good. And of a field that the frame does not have.
    private const string Good = "1";
    private const string None = "";

    // Of its levels of what an expert says: warnings and errors.
    private static readonly string[] Bad = ["6291456", "8388608"];

    // The priority stands first, so that lines can be waited for.
    private static readonly string[] Fields =
    [
        "vrrp.prio", "vrrp.version", "vrrp.checksum.status", "ip.ttl", "ipv6.hlim", "ip.checksum.status", "_ws.expert.severity",
        "_ws.malformed", "ip.dst", "ipv6.dst", "arp.opcode", "arp.isgratuitous", "arp.src.proto_ipv4", "icmpv6.type", "icmpv6.nd.na.target_address",
        "icmpv6.checksum.status", "_ws.expert.message",
    ];

    [Theory]
    [InlineData("10.88.0.100", "/24", "unicast_peers: []", "224.0.0.18")]
    [InlineData("10.88.0.100", "/24", "unicast_peers: [10.88.0.12]", "10.88.0.12")]
    [InlineData("fd88::100", "/64", "unicast_peers: []", "ff02::12")]
    public async Task Master_ComesStaysAndGoes_SendsWhatTsharkFindsRight(string address, string length, string peers, string destination)
    {
        Assert.SkipUnless(File.Exists(Tshark), $"there is no {Tshark}: apt-get install tshark");
        await using SharedNetwork network = SharedNetwork.Create();
        RunningProgram tshark = network.Keep(network.One.Start(
            Tshark,
            [
                "-i", "eth", "-l", "-n", "-f", "ip proto 112 or ip6 proto 112 or arp or (icmp6 and ip6[40] = 136)",
                "-o", "ip.check_checksum:TRUE", "-o", "vrrp.v3_checksum_as_in_v2:FALSE", "-T", "fields", "-E", "occurrence=a",
                .. Fields.SelectMany(field => (string[])["-e", field]),
            ]));

        // A line for the title and one for each socket that captures.
        await Wait.ForAsync(
            () => network.One.Run("cat", "/proc/net/packet").Trim().Contains('\n', StringComparison.Ordinal), () => tshark.Errors);
        VirtualNode atlas = network.Keep(
            await VirtualNode.StartAsync(network.One, "one", $"priority: 150, advertise: 100ms, {peers}", address + length));
        await tshark.OutputAsync("150\t", skip: Advertisements - 1);
        await atlas.Program.SignalAsync("TERM");
        await tshark.OutputAsync("0\t");
        await tshark.SignalAsync("INT");
        await tshark.EndAsync();

        Frame[] frames = [.. tshark.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new Frame(line))];
        frames.Where(frame => frame["_ws.malformed"] != None || frame["_ws.expert.severity"].Split(',').Any(Bad.Contains))
            .ShouldBeEmpty();
        frames.Where(frame => frame["ip.dst"] != None).ShouldAllBe(frame => frame["ip.checksum.status"] == Good);
        Frame[] advertisements = [.. frames.Where(frame => frame["vrrp.prio"] != None)];
        advertisements.Length.ShouldBeGreaterThan(Advertisements);
        advertisements.ShouldAllBe(frame =>
            frame["vrrp.version"] == "3" && frame["vrrp.checksum.status"] == Good
            && frame["ip.ttl"] + frame["ipv6.hlim"] == "255" && frame["ip.dst"] + frame["ipv6.dst"] == destination);

        if (address.Contains(':', StringComparison.Ordinal))
        {
            frames.Where(frame => frame["icmpv6.nd.na.target_address"] == address).ShouldNotBeEmpty();
            frames.Where(frame => frame["icmpv6.type"] == "136").ShouldAllBe(
                frame => frame["icmpv6.checksum.status"] == Good && frame["ipv6.hlim"] == "255");
        }
        else
        {
            string[] announced = [.. frames
                .Where(frame => frame["arp.src.proto_ipv4"] == address && frame["arp.isgratuitous"] is "1" or "True")
                .Select(frame => frame["arp.opcode"])];
            announced.ShouldContain("1");
            announced.ShouldContain("2");
        }
    }

    private sealed class Frame(string line)
    {
        private readonly string[] _values = line.Split('\t');

        public string this[string field] => _values[Array.IndexOf(Fields, field)];

        public override string ToString() => string.Join(", ", Fields.Zip(_values, (field, value) => $"{field}={value}"));
    }
}
