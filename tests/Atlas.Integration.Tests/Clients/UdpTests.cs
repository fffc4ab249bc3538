using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Atlas.Engine.Workers;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tcp;
using Atlas.Proxy.Udp;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;
using TcpListener = Atlas.Proxy.Tcp.TcpListener;

namespace Atlas.Integration.Tests.Clients;

/// <summary>UDP clients that others wrote.</summary>
public sealed partial class UdpTests : IDisposable
{
    private readonly WorkerGroup _workers = new(2);
    private readonly ProxyMetrics _metrics = new(2);
    private readonly UdpProxy _udp = new();

    public void Dispose() => _workers.Dispose();

    [Fact]
    public async Task Dig_AQuestion_GetsItsAnswer()
    {
        using var first = new DnsServer();
        using var second = new DnsServer();
        int port = Listen(responses: 1, first.Address, second.Address);
        for (int i = 0; i < 4; i++)
        {
            string text = await RunAsync(
                "dig", "@127.0.0.1", "-p", $"{port}", "+short", "+tries=1", "+time=20", "+noedns", $"host{i}.example");
            text.Trim().ShouldBe(DnsServer.Answer.ToString());
        }

        (first.Questions, second.Questions).ShouldBe((2, 2));
        _metrics.Udp("udp").Ended(UdpEnd.Answered).ShouldBe(4);
    }

    [Fact]
    public async Task DnsPerf_ManyQuestionsFromFewPorts_LosesNone()
    {
        const int questions = 2_000;
        using var first = new DnsServer();
        using var second = new DnsServer();
        int port = Listen(responses: 1, first.Address, second.Address);
        DirectoryInfo directory = Directory.CreateTempSubdirectory("atlas-");
        try
        {
            string file = Path.Combine(directory.FullName, "questions");
            await File.WriteAllLinesAsync(file, Enumerable.Range(0, questions).Select(i => $"host{i}.example A"));
            string text = await RunAsync(
                "dnsperf", "-s", "127.0.0.1", "-p", $"{port}", "-d", file, "-n", "1", "-c", "8", "-q", "50", "-t", "20");
            Figure(text, "Queries completed").ShouldBe(questions, text);
            Figure(text, "Queries lost").ShouldBe(0, text);
        }
        finally
        {
            directory.Delete(recursive: true);
        }

        (first.Questions + second.Questions).ShouldBe(questions);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Iperf_AStreamOfDatagrams_ArrivesWhole(bool isReverse)
    {
        int serverPort = FreePort();
        using Process server = Start("iperf3", "-s", "-p", $"{serverPort}", "-1", "--forceflush");
        string? line;
        do
        {
            line = await server.StandardOutput.ReadLineAsync();
        }
        while (line?.Contains("listening", StringComparison.Ordinal) == false);

        // iperf3 speaks TCP on the same port to say what it measures.
        var target = new IPEndPoint(IPAddress.Loopback, serverPort);
        int port = ListenUdpAndTcp(target);
        string[] arguments = ["-c", "127.0.0.1", "-p", $"{port}", "-u", "-l", "1400", "-b", "20M", "-t", "1", "-J"];
        string text = await RunAsync("iperf3", isReverse ? [.. arguments, "-R"] : arguments);
        await server.WaitForExitAsync();
        using JsonDocument json = JsonDocument.Parse(text);
        JsonElement sum = json.RootElement.GetProperty("end").GetProperty("sum");
        sum.GetProperty("packets").GetInt32().ShouldBeGreaterThan(500, text);

        // This machine may be busy with other tests, and the receiver's own buffer short.
        sum.GetProperty("lost_percent").GetDouble().ShouldBeLessThan(5, text);
        _metrics.Udp("udp").Dropped(UdpDrop.SendBuffer).ShouldBe(0);
    }

    [GeneratedRegex(@"(?<name>Queries [a-z]+):\s+(?<value>[0-9]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Figures();

    private static int Figure(string text, string name) => int.Parse(
        Figures().Matches(text).Single(match => match.Groups["name"].Value == name).Groups["value"].Value, CultureInfo.InvariantCulture);

    private static Process Start(string program, params IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

    private static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, output + await errors);
        return output;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static SocketAddress Of(IPEndPoint end) => SocketAddress.OfIp(end.Address, end.Port);

    private static PoolSnapshot PoolOf(params IEnumerable<IPEndPoint> servers) =>
        new("pool", [.. servers.Select(server => new ServerState($"{server}", Of(server)))]);

    private int Listen(int responses, params IPEndPoint[] servers)
    {
        var listener = new UdpListener(new UdpListenerSnapshot("udp", PoolOf(servers))
        {
            Responses = responses,
            Datagrams = _metrics.Udp("udp"),
        });
        return _workers.BindDatagrams(SocketAddress.OfIp(IPAddress.Loopback, 0), _udp.Server(listener)).Address.Port;
    }

    // A port that is free for datagrams may be another socket's for TCP.
    private int ListenUdpAndTcp(IPEndPoint server)
    {
        var listener = new TcpListener(new TcpListenerSnapshot("tcp") { Pool = PoolOf(server) });
        var options = new ListenOptions(new TcpProxy().Handler(listener), 128, 100);
        for (int tries = 1; ; tries++)
        {
            int port = Listen(responses: int.MaxValue, server);
            try
            {
                _workers.Listen(SocketAddress.OfIp(IPAddress.Loopback, port), options);
                return port;
            }
            catch (IOException) when (tries < 10)
            {
                // The next one.
            }
        }
    }
}
