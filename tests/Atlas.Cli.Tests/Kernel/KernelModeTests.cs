using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Kernel;

public sealed class KernelModeTests
{
    private const string Front = "10.77.1.1:80";

    [Fact]
    public async Task Flow_RoundRobin_GoesToEachServerInTurn()
    {
        await using var network = KernelNetwork.Create();
        NamedServer[] servers = network.ServeThree();
        using var config = Config("servers: [10.77.2.11:80, 10.77.2.12:80, 10.77.2.13:80]");
        RunningProgram atlas = await network.StartAsync(config);

        (await KernelNetwork.AskAsync(network.Clients, Front, 9)).ShouldBe("abcabcabc");
        (await KernelNetwork.AskAsync(network.Balancer, Front, 3)).ShouldBe("abc");
        servers.ShouldAllBe(server => server.LastClient!.ToString() == "10.77.2.1");
        atlas.Errors.ShouldContain("listener fast: tcp on 10.77.1.1:80, mode kernel\n");
    }

    [Fact]
    public async Task Flow_Weights_HaveExactShares()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("servers: [{ address: 10.77.2.11:80, weight: 3 }, 10.77.2.12:80]");
        await network.StartAsync(config);

        (await KernelNetwork.AskAsync(network.Clients, Front, 8)).ShouldBe("aabaaaba");
    }

    [Fact]
    public async Task Flow_Random_ReachesEachServer()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("balance: random, servers: [10.77.2.11:80, 10.77.2.12:80, { address: 10.77.2.13:80, weight: 3 }]");
        await network.StartAsync(config);

        string answers = await KernelNetwork.AskAsync(network.Clients, Front, 200);

        // The chance of fewer or more is below one in a million.
        answers.Count(name => name == 'a').ShouldBeInRange(15, 70);
        answers.Count(name => name == 'b').ShouldBeInRange(15, 70);
        answers.Count(name => name == 'c').ShouldBeInRange(85, 155);
    }

    [Fact]
    public async Task Flow_IpHash_StaysAtOneServerAndMovesWhenItDrains()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("balance: ip_hash, servers: [{ name: a, address: 10.77.2.11:80 }, { name: b, address: 10.77.2.12:80 }]");
        await network.StartAsync(config);

        string before = await KernelNetwork.AskAsync(network.Clients, Front, 6);
        before.Distinct().Count().ShouldBe(1);
        network.Balancer.Run(Checkout.Program, "drain", $"web/{before[0]}", "--wait");
        string after = await KernelNetwork.AskAsync(network.Clients, Front, 6);

        after.ShouldBe(before[0] == 'a' ? "bbbbbb" : "aaaaaa");
    }

    [Fact]
    public async Task Flow_Ipv6_GoesToEachServerInTurn()
    {
        await using var network = KernelNetwork.Create();
        network.Serve("a", "[fd77:2::11]:80");
        network.Serve("b", "[fd77:2::12]:80");
        using var config = Config(
            "servers: [\"[fd77:2::11]:80\", \"[fd77:2::12]:80\"]", listener: "bind: \"[fd77:1::1]:80\", protocol: tcp, mode: kernel");
        await network.StartAsync(config);

        (await KernelNetwork.AskAsync(network.Clients, "[fd77:1::1]:80", 4)).ShouldBe("abab");
    }

    [Theory]
    [InlineData("0.0.0.0:80", "10.77.1.1:80", "10.77.2.11:80")]
    [InlineData("[::]:80", "[fd77:1::1]:80", "[fd77:2::11]:80")]
    public async Task Flow_AnyAddressOfTheHost_IsForwarded(string bind, string asked, string server)
    {
        await using var network = KernelNetwork.Create();
        network.Serve("a", server);
        using var config = Config($"servers: [\"{server}\"]", listener: $"bind: \"{bind}\", protocol: tcp, mode: kernel");
        await network.StartAsync(config);

        (await KernelNetwork.AskAsync(network.Clients, asked, 2)).ShouldBe("aa");
        (await KernelNetwork.AskAsync(network.Balancer, asked, 2)).ShouldBe("aa");
    }

    [Fact]
    public async Task Flow_WithoutSnat_ShowsServersTheClient()
    {
        await using var network = KernelNetwork.Create();
        NamedServer server = network.Serve("a", "10.77.2.11:80");
        network.Servers.Configure("route", "add", "10.77.1.0/24", "via", "10.77.2.1");
        using var config = Config("servers: [10.77.2.11:80]", listener: "bind: 10.77.1.1:80, protocol: tcp, mode: kernel, snat: false");
        await network.StartAsync(config);

        (await KernelNetwork.AskAsync(network.Clients, Front, 1)).ShouldBe("a");

        server.LastClient!.ToString().ShouldBe("10.77.1.2");
    }

    [Fact]
    public async Task Flow_WhenItsServerDrains_GoesOnWhileNewOnesGoElsewhere()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("servers: [{ name: a, address: 10.77.2.11:80 }, { name: b, address: 10.77.2.12:80 }]");
        RunningProgram atlas = await network.StartAsync(config);
        using Flow first = await KernelNetwork.OpenAsync(network.Clients, Front);
        (await first.AskAsync()).ShouldBe("a");

        await using RunningProgram drain = network.Balancer.Start(Checkout.Program, "drain", "web/a", "--wait");
        await atlas.ErrorAsync("pool web server a: drain");
        await RefusedByAsync(network, "a");

        (await first.AskAsync()).ShouldBe("a");
        drain.HasEnded.ShouldBeFalse();
        first.Dispose();
        (await drain.EndAsync()).ShouldBe(0, drain.Errors);
        drain.Output.ShouldEndWith("web/a: safe to remove\n");
    }

    [Fact]
    public async Task Flow_ToAServerThatIsKilled_EndsAndNoOtherComes()
    {
        await using var network = KernelNetwork.Create();
        NamedServer[] servers = network.ServeThree();
        using var config = Config(
            "panic_threshold: 0%, servers: [{ name: a, address: 10.77.2.11:80 }, { name: b, address: 10.77.2.12:80 }, { name: c, address: 10.77.2.13:80 }], "
            + "health_check: { type: tcp, interval: 500ms, timeout: 450ms, fall: 2, rise: 1 }");
        RunningProgram atlas = await network.StartAsync(config);
        (await KernelNetwork.AskAsync(network.Clients, Front, 3)).ShouldContain("b");

        await servers[1].DisposeAsync();
        await atlas.ErrorAsync("pool web server b: down");
        await RefusedByAsync(network, "b");
        (await KernelNetwork.AskAsync(network.Clients, Front, 6)).ToCharArray().Order().ShouldBe("aaaccc");

        await servers[0].DisposeAsync();
        await servers[2].DisposeAsync();
        await atlas.ErrorAsync("pool web: no server is usable");
        await Wait.ForAsync(
            async () =>
            {
                // Refused at first by a server's host, and then by the rules.
                SocketException refused = await Should.ThrowAsync<SocketException>(() => KernelNetwork.AskAsync(network.Clients, Front, 1));
                refused.SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
                return await MetricAsync(network, "atlas_kernel_refused_total{listener=\"fast\"}") > 0;
            },
            () => atlas.Errors);
    }

    [Fact]
    public async Task Flow_ToAServerInMaintenance_IsResetWhereThePoolSaysSo()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config(
            "on_server_down: close, servers: [{ name: a, address: 10.77.2.11:80 }, { name: b, address: 10.77.2.12:80 }]");
        RunningProgram atlas = await network.StartAsync(config);
        using Flow flow = await KernelNetwork.OpenAsync(network.Clients, Front);
        (await flow.AskAsync()).ShouldBe("a");

        network.Balancer.Run(Checkout.Program, "maintenance", "web/a");

        await Wait.ForAsync(async () => await TryAskAsync(flow) is null, () => atlas.Errors);
        (await KernelNetwork.AskAsync(network.Clients, Front, 2)).ShouldBe("bb");
    }

    [Fact]
    public async Task Datagrams_OfAClient_StayAtOneServerAndLeaveItWhenItIsDown()
    {
        await using var network = KernelNetwork.Create();
        NamedServer[] servers = network.ServeThree();
        using var config = Config(
            "servers: [{ name: a, address: 10.77.2.11:80 }, { name: b, address: 10.77.2.12:80 }], "
            + "health_check: { type: tcp, interval: 500ms, timeout: 450ms, fall: 2, rise: 1 }",
            listener: "bind: 10.77.1.1:80, protocol: udp, mode: kernel");
        RunningProgram atlas = await network.StartAsync(config);
        using Flow flow = await KernelNetwork.OpenAsync(network.Clients, Front, ProtocolType.Udp);
        string mine = await flow.AskAsync() + await flow.AskAsync() + await flow.AskAsync();
        mine.ShouldBe("aaa");

        await servers[0].DisposeAsync();
        await atlas.ErrorAsync("pool web server a: down");

        await Wait.ForAsync(async () => await TryAskAsync(flow) == "b", () => atlas.Errors);
    }

    [Fact]
    public async Task Datagrams_OfAClientThatWasThereBefore_AreForwarded()
    {
        await using var network = KernelNetwork.Create();
        network.Serve("a", "10.77.2.11:80");
        using var config = Config("servers: [10.77.2.11:80]", listener: "bind: 10.77.1.1:80, protocol: udp, mode: kernel");

        // Another table that has the kernel keep track of flows, and a client whose flow it knows before Atlas starts.
        network.Balancer.Run("nft", "table inet other {\n\tchain c {\n\t\ttype nat hook prerouting priority 0;\n\t}\n}\n");
        using Flow flow = await KernelNetwork.OpenAsync(network.Clients, Front, ProtocolType.Udp);
        (await TryAskAsync(flow)).ShouldBeNull();
        RunningProgram atlas = await network.StartAsync(config);

        await Wait.ForAsync(async () => await TryAskAsync(flow) == "a", () => atlas.Errors);
    }

    [Fact]
    public async Task Counters_AfterTraffic_AreMetricsAndInTheStatus()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("servers: [{ name: a, address: 10.77.2.11:80 }, { name: b, address: 10.77.2.12:80 }]");
        RunningProgram atlas = await network.StartAsync(config);
        await KernelNetwork.AskAsync(network.Clients, Front, 5);
        await KernelNetwork.AskAsync(network.Balancer, Front, 1);

        await Wait.ForAsync(
            async () => await MetricAsync(network, "atlas_kernel_flows_total{listener=\"fast\",pool=\"web\",server=\"a\"}") == 3,
            () => atlas.Errors);
        foreach (string direction in (string[])["in", "out"])
        {
            string labels = $"{{listener=\"fast\",pool=\"web\",server=\"b\",direction=\"{direction}\"}}";
            double packets = await MetricAsync(network, "atlas_kernel_packets_total" + labels);
            double bytes = await MetricAsync(network, "atlas_kernel_bytes_total" + labels);

            // A flow is 2 packets at least either way to begin and to end it, and one with a byte of data each way.
            packets.ShouldBeInRange(9, 30);
            bytes.ShouldBeGreaterThan(packets * 40);
        }

        string status = network.Balancer.Run(Checkout.Program, "status");
        status.ShouldContain("listener fast  tcp on 10.77.1.1:80, mode kernel");
        status.ShouldContain("3 flows so far");
    }

    private static ConfigFile Config(string pool, string listener = "bind: 10.77.1.1:80, protocol: tcp, mode: kernel") => new(
        $$"""
        listeners:
          fast: { {{listener}}, pool: web }
        pools:
          web: { {{pool}} }
        """);

    /// <summary>Waits until none of six flows goes to a server: the ruleset follows the line about it within some
    /// milliseconds.</summary>
    private static Task RefusedByAsync(KernelNetwork network, string server) => Wait.ForAsync(
        async () =>
        {
            try
            {
                return !(await KernelNetwork.AskAsync(network.Clients, Front, 6)).Contains(server, StringComparison.Ordinal);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // A flow still went to a server that is dead.
                return false;
            }
        },
        () => $"flows still go to {server}");

    private static async Task<string?> TryAskAsync(Flow flow)
    {
        try
        {
            return await flow.AskAsync(TimeSpan.FromMilliseconds(200));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    private static async Task<double> MetricAsync(KernelNetwork network, string sample)
    {
        using HttpClient client = network.Balancer.NewHttpClient();
        string text = await client.GetStringAsync("http://127.0.0.1:9900/metrics");
        string? line = text.Split('\n').FirstOrDefault(line => line.StartsWith(sample + " ", StringComparison.Ordinal));
        return line is null ? -1 : double.Parse(line[(sample.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
