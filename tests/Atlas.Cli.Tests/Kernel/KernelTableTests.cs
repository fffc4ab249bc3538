using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Kernel;

public sealed class KernelTableTests
{
    private const string Front = "10.77.1.1:80";
    private const string Foreign = "table inet other {\n\tchain c {\n\t\ttcp dport 81 accept\n\t}\n}\n";

    [Fact]
    public async Task Table_AfterAKill_ForwardsOnAndIsReplacedByTheNextStart()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("10.77.2.11:80", "10.77.2.12:80");
        RunningProgram first = await network.StartAsync(config);
        using Flow flow = await KernelNetwork.OpenAsync(network.Clients, Front);
        (await flow.AskAsync()).ShouldBe("a");

        await first.SignalAsync("KILL");
        await first.EndAsync();
        (await flow.AskAsync()).ShouldBe("a");
        (await KernelNetwork.AskAsync(network.Clients, Front, 4)).ShouldBe("baba");

        config.Write(Text("10.77.2.13:80"));
        RunningProgram second = await network.StartAsync(config);
        (await KernelNetwork.AskAsync(network.Clients, Front, 4)).ShouldBe("cccc");
        (await flow.AskAsync()).ShouldBe("a");
        Tables(network).ShouldHaveSingleItem();

        flow.Dispose();
        await second.SignalAsync("TERM");
        (await second.EndAsync()).ShouldBe(0);
        Tables(network).ShouldBeEmpty();
    }

    [Fact]
    public async Task Table_AfterAKill_IsRemovedByAStartWithoutKernelListeners()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        network.Balancer.Run("nft", Foreign);
        using var config = Config("10.77.2.11:80");
        RunningProgram first = await network.StartAsync(config);
        await first.SignalAsync("KILL");
        await first.EndAsync();
        Tables(network).Length.ShouldBe(2);

        config.Write(Text("10.77.2.12:80").Replace("mode: kernel", "mode: user", StringComparison.Ordinal));
        RunningProgram second = await network.StartAsync(config);

        Tables(network).ShouldBe(["table inet other"]);
        (await KernelNetwork.AskAsync(network.Clients, Front, 1)).ShouldBe("b");
        await second.SignalAsync("TERM");
        (await second.EndAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Table_AtTheEnd_IsGoneAndOthersAreAsTheyWere()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        network.Balancer.Run("nft", Foreign);
        string before = network.Balancer.Run("nft", "list", "table", "inet", "other");
        using var config = Config("10.77.2.11:80");
        RunningProgram atlas = await network.StartAsync(config);
        await KernelNetwork.AskAsync(network.Clients, Front, 1);

        config.Write(Text("10.77.2.12:80"));
        await atlas.SignalAsync("HUP");
        await atlas.ErrorAsync("reloaded");
        (await KernelNetwork.AskAsync(network.Clients, Front, 2)).ShouldBe("bb");
        network.Balancer.Run("nft", "list", "table", "inet", "other").ShouldBe(before);
        await atlas.SignalAsync("TERM");
        (await atlas.EndAsync()).ShouldBe(0);

        Tables(network).ShouldBe(["table inet other"]);
        network.Balancer.Run("nft", "list", "table", "inet", "other").ShouldBe(before);
    }

    [Fact]
    public async Task Table_AsItIsListed_CanBeReadAgain()
    {
        await using var network = KernelNetwork.Create();
        using var config = new ConfigFile(
            """
            listeners:
              fast: { bind: [10.77.1.1:80, 10.77.1.1:81], protocol: tcp, mode: kernel, pool: web }
              any: { bind: 0.0.0.0:82, protocol: udp, mode: kernel, pool: hashed }
              six: { bind: "[fd77:1::1]:80", protocol: tcp, mode: kernel, pool: six }
              any6: { bind: "[::]:82", protocol: udp, mode: kernel, pool: six }
            pools:
              web: { balance: random, servers: [10.77.2.11:80, { name: 2-b.x_y, address: 10.77.2.12:80, weight: 7 }] }
              hashed: { balance: ip_hash, servers: [10.77.2.11:80, 10.77.2.12:80] }
              six: { balance: consistent_hash, hash_ipv6_prefix: 56, servers: ["[fd77:2::11]:80", "[fd77:2::12]:80"] }
            """);
        await network.StartAsync(config);
        string listed = network.Balancer.Run("nft", "list", "ruleset");
        string file = config.Sibling("saved.nft");
        await File.WriteAllTextAsync(file, listed);

        network.Balancer.Run("nft", "flush", "ruleset");
        network.Balancer.Run("nft", "-f", file);

        network.Balancer.Run("nft", "list", "ruleset").ShouldBe(listed);
    }

    [Fact]
    public async Task Table_RemovedBySomethingElse_IsWrittenAgain()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("10.77.2.11:80", "10.77.2.12:80");
        RunningProgram atlas = await network.StartAsync(config);

        network.Balancer.Run("nft", "flush", "ruleset");
        await atlas.ErrorAsync("mode kernel: table atlas_");

        (await KernelNetwork.AskAsync(network.Clients, Front, 2)).ToCharArray().Order().ShouldBe("ab");
    }

    [Fact]
    public async Task Flow_WhenAtlasEnds_IsWaitedForAndNewOnesAreRefused()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("10.77.2.11:80");
        RunningProgram atlas = await network.StartAsync(config);
        using Flow flow = await KernelNetwork.OpenAsync(network.Clients, Front);
        await flow.AskAsync();

        await atlas.SignalAsync("TERM");
        await atlas.ErrorAsync("draining: ");
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(() => KernelNetwork.AskAsync(network.Clients, Front, 1));
        (await flow.AskAsync()).ShouldBe("a");
        atlas.HasEnded.ShouldBeFalse();
        flow.Dispose();

        (await atlas.EndAsync()).ShouldBe(0);
        Tables(network).ShouldBeEmpty();
    }

    [Fact]
    public async Task Reload_ServerAddedAndListenerMoved_KeepsFlowsAndCounts()
    {
        await using var network = KernelNetwork.Create();
        network.ServeThree();
        using var config = Config("10.77.2.11:80");
        RunningProgram atlas = await network.StartAsync(config);
        using Flow flow = await KernelNetwork.OpenAsync(network.Clients, Front);
        await flow.AskAsync();

        config.Write(Text("10.77.2.11:80", "10.77.2.12:80").Replace(Front, "10.77.1.1:81", StringComparison.Ordinal));
        await atlas.SignalAsync("HUP");
        await atlas.ErrorAsync("reloaded");

        (await flow.AskAsync()).ShouldBe("a");
        (await KernelNetwork.AskAsync(network.Clients, "10.77.1.1:81", 4)).ToCharArray().Order().ShouldBe("aabb");
        await Should.ThrowAsync<System.Net.Sockets.SocketException>(() => KernelNetwork.AskAsync(network.Clients, Front, 1));
        network.Balancer.Run(Checkout.Program, "status").ShouldContain("3 flows so far");
    }

    [Fact]
    public async Task Start_WithoutNetAdmin_SaysWhatIsMissing()
    {
        await using var network = KernelNetwork.Create();
        using var config = Config("10.77.2.11:80");

        await using RunningProgram atlas = network.Balancer.Start(
            "setpriv", "--bounding-set", "-net_admin", "--inh-caps", "-net_admin", Checkout.Program, "run", "-c", config.Path);

        (await atlas.EndAsync()).ShouldBe(1);
        atlas.Errors.ShouldBe(
            "listener fast: mode kernel needs root or CAP_NET_ADMIN, to write nftables: start Atlas as root, or with "
            + "AmbientCapabilities=CAP_NET_ADMIN in its systemd unit (a reload and an upgrade keep the rights that it has), or write mode: user\n");
    }

    [Fact]
    public async Task Start_HostDoesNotForward_SaysSo()
    {
        await using var network = KernelNetwork.Create();
        network.Balancer.Set("net.ipv4.ip_forward", "0");
        using var config = Config("10.77.2.11:80", "127.0.0.1:80");

        RunningProgram atlas = await network.StartAsync(config);

        (await atlas.ErrorAsync("listener fast: net.ipv4.ip_forward is 0")).ShouldEndWith("sysctl -w net.ipv4.ip_forward=1");
        (await atlas.ErrorAsync("listener fast: the kernel lets only this host itself reach 127.0.0.1")).ShouldContain("route_localnet");
    }

    private static ConfigFile Config(params string[] servers) => new(Text(servers));

    private static string Text(params string[] servers) =>
        $$"""
        listeners:
          fast: { bind: {{Front}}, protocol: tcp, mode: kernel, pool: web }
        pools:
          web: { servers: [{{string.Join(", ", servers)}}] }
        """;

    private static string[] Tables(KernelNetwork network) =>
        network.Balancer.Run("nft", "list", "tables").Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
