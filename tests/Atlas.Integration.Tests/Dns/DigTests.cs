using System.Diagnostics;
using System.Globalization;
using System.Net;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Core.Configuration;

namespace Atlas.Integration.Tests.Dns;

/// <summary>The DNS server of active-active nodes, asked by clients that others wrote.</summary>
public sealed class DigTests : IAsyncLifetime
{
    private DnsServer _server = null!;

    public ValueTask InitializeAsync()
    {
        _server = DnsServer.Start(
            new ActiveActiveConfig
            {
                Bind = BindAddress.Loopback(0),
                Zone = "lb.example.com",
                ResponseLimit = null,
                Records =
                [
                    Record("www", Node("lb-1", "203.0.113.1", "2001:db8::1"), Node("lb-2", "203.0.113.2")),
                    Record("many", [.. Enumerable.Range(1, 60).Select(i => Node($"n{i}", $"203.0.113.{i}", $"2001:db8::{i}"))]),
                ],
            },
            _ => true,
            TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Dig_Address_IsThatOfTheNodes()
    {
        (await ShortAsync("www.lb.example.com", "A")).Order(StringComparer.Ordinal).ShouldBe(["203.0.113.1", "203.0.113.2"]);
        (await ShortAsync("www.lb.example.com", "AAAA")).ShouldBe(["2001:db8::1"]);
    }

    [Fact]
    public async Task Dig_SoaAndNs_AreOfTheZone()
    {
        (await ShortAsync("lb.example.com", "SOA")).ShouldBe([$"ns.lb.example.com. hostmaster.lb.example.com. {_server.Serial} 3600 600 604800 5"]);
        (await ShortAsync("lb.example.com", "NS")).ShouldBe(["ns.lb.example.com."]);
        (await DigAsync("lb.example.com", "NS", "+tcp")).ShouldContain("ADDITIONAL: 124");
    }

    [Theory]
    [InlineData("x.lb.example.com", "A", "status: NXDOMAIN", "SOA")]
    [InlineData("www.lb.example.com", "TXT", "status: NOERROR", "SOA")]
    [InlineData("example.org", "A", "status: REFUSED", "flags: qr rd;")]
    [InlineData("www.lb.example.com", "ANY", "status: NOERROR", "\"RFC8482\" \"\"")]
    public async Task Dig_NegativeAnswer_SaysWhy(string name, string type, string status, string text)
    {
        string output = await DigAsync(name, type);

        output.ShouldContain(status);
        output.ShouldContain(text);
        output.ShouldNotContain("WARNING: Message");
        output.ShouldNotContain("malformed");
    }

    [Fact]
    public async Task Dig_WithAndWithoutRecursion_KeepsTheFlag()
    {
        (await DigAsync("www.lb.example.com", "A", "+norec")).ShouldContain("flags: qr aa;");
        (await DigAsync("www.lb.example.com", "A")).ShouldContain("flags: qr aa rd;");
    }

    [Fact]
    public async Task Dig_TruncatedAnswer_ComesOverTcp()
    {
        (await DigAsync("many.lb.example.com", "AAAA", "+ignore")).ShouldContain("flags: qr aa tc rd;");
        string whole = await DigAsync("many.lb.example.com", "AAAA");
        whole.ShouldContain("Truncated, retrying in TCP mode");
        whole.ShouldContain("ANSWER: 60,");
    }

    [Theory]
    [InlineData(512, "tc")]
    [InlineData(1232, "aa rd")]
    [InlineData(4096, "aa rd")]
    public async Task Dig_SizeOfEdns_BoundsTheAnswer(int bytes, string flags)
    {
        string output = await DigAsync("many.lb.example.com", "A", string.Create(CultureInfo.InvariantCulture, $"+bufsize={bytes}"), "+ignore");

        output.ShouldContain(flags);
        output.ShouldContain("udp: 1232");
        int size = int.Parse(output.Split("MSG SIZE  rcvd: ")[1].Split('\n')[0], CultureInfo.InvariantCulture);
        size.ShouldBeLessThanOrEqualTo(Math.Min(bytes, 1232));
    }

    [Fact]
    public async Task Dig_VersionOfEdnsAndCookieAndTransfer_AreAnswered()
    {
        (await DigAsync("www.lb.example.com", "A", "+edns=1", "+noednsnegotiation")).ShouldContain("status: BADVERS");
        (await DigAsync("www.lb.example.com", "A", "+cookie")).ShouldContain("(good)");
        (await DigAsync("lb.example.com", "AXFR")).ShouldContain("Transfer failed");
        (await DigAsync("version.bind", "TXT", "-c", "CH")).ShouldContain("status: REFUSED");
    }

    [Fact]
    public async Task Dig_ManyQuestions_GetEachNodeFirstEquallyOften()
    {
        const int rounds = 20;
        var firsts = new List<string>();
        for (int i = 0; i < rounds; i++)
        {
            firsts.Add((await ShortAsync("www.lb.example.com", "A"))[0]);
        }

        firsts.Count(first => first == "203.0.113.1").ShouldBe(rounds / 2);
        firsts.Count(first => first == "203.0.113.2").ShouldBe(rounds / 2);
    }

    [Fact]
    public async Task Dig_NodeThatDies_LeavesTheAnswers()
    {
        uint serial = _server.Serial;
        _server.Apply(node => node != "lb-1");

        (await ShortAsync("www.lb.example.com", "A")).ShouldBe(["203.0.113.2"]);
        (await ShortAsync("lb.example.com", "SOA"))[0].ShouldContain($" {serial + 1} ");
    }

    [Fact]
    public async Task Kdig_QuestionsOverOneConnection_AreAnswered()
    {
        string output = await RunAsync(
            "kdig", "", "@127.0.0.1", "-p", Port, "+tcp", "+keepopen", "+short", "www.lb.example.com", "AAAA", "lb.example.com", "NS");

        output.ShouldContain("2001:db8::1");
        output.ShouldContain("ns.lb.example.com.");
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Dnsperf_ManyAtOnce_LosesNone(string mode)
    {
        string output = await RunAsync(
            "dnsperf",
            string.Concat(Enumerable.Repeat("www.lb.example.com A\nwww.lb.example.com AAAA\nx.lb.example.com A\nlb.example.com NS\n", 2_500)),
            "-s", "127.0.0.1", "-p", Port, "-m", mode, "-n", "1", "-c", "8", "-q", "64", "-t", "20");

        output.ShouldContain("Queries sent:         10000");
        output.ShouldContain("Queries completed:    10000 (100.00%)");
        output.ShouldContain("NOERROR 7500 (75.00%), NXDOMAIN 2500 (25.00%)");
    }

    private string Port => _server.Address.Port.ToString(CultureInfo.InvariantCulture);

    private static DnsAnswerConfig Record(string name, params DnsNodeConfig[] nodes) => new() { Name = name, Nodes = [.. nodes] };

    private static DnsNodeConfig Node(string name, params string[] addresses) =>
        new() { Node = name, Addresses = [.. addresses.Select(IPAddress.Parse)] };

    private static async Task<string> RunAsync(string program, string input, params string[] arguments)
    {
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await errors + await output);
        return await output;
    }

    private async Task<string[]> ShortAsync(string name, string type) =>
        (await DigAsync(name, type, "+short")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<string> DigAsync(string name, string type, params string[] more) =>
        RunAsync("dig", "", ["@127.0.0.1", "-p", Port, "+tries=1", "+time=20", .. more, name, type]);
}
