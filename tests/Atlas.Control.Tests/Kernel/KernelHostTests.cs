using Atlas.Control.Kernel;

namespace Atlas.Control.Tests.Kernel;

public sealed class KernelHostTests : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("atlas-proc-");
    private readonly ScriptedPrograms _programs = new();

    public KernelHostTests()
    {
        Write("self/status", "Name:\tatlas\nCapEff:\t0000000000001000\n");
        Setting("ipv4", "all", "forwarding", "1");
        Setting("ipv4", "all", "route_localnet", "0");
        Setting("ipv6", "all", "forwarding", "0");
    }

    [Fact]
    public void Missing_AllIsThere_IsNull() => Host.Missing(Listeners("10.0.0.1:80")).ShouldBeNull();

    [Fact]
    public void Missing_NoNft_NamesThePackage()
    {
        _programs.Missing.Add("nft");

        Host.Missing(Listeners("10.0.0.1:80")).ShouldBe(
            "listener fast: mode kernel needs the program nft: install nftables (Debian: apt-get install nftables), or write mode: user");
    }

    [Fact]
    public void Missing_NoCapability_NamesIt()
    {
        Write("self/status", "CapEff:\t00000000ffffefff\n");

        Host.Missing(Listeners("10.0.0.1:80"))!.ShouldStartWith("listener fast: mode kernel needs root or CAP_NET_ADMIN");
    }

    [Theory]
    [InlineData("CapEff:\t0000000000001000\n", false, true)]
    [InlineData("CapEff:\t00000000ffffefff\n", false, false)]
    [InlineData("CapEff:\t0000000000001000\n", true, false)]
    public void CanWriteRules_NeedsNftAndTheCapability(string status, bool isNftMissing, bool can)
    {
        Write("self/status", status);
        if (isNftMissing)
        {
            _programs.Missing.Add("nft");
        }

        Host.CanWriteRules.ShouldBe(can);
    }

    [Fact]
    public void Warnings_HostForwards_AreNone() => Host.Warnings(Listeners("10.0.0.1:80")).ShouldBeEmpty();

    [Fact]
    public void Warnings_OneAdapterForwards_AreNone()
    {
        Setting("ipv4", "all", "forwarding", "0");
        Setting("ipv4", "eth0", "forwarding", "1");

        Host.Warnings(Listeners("10.0.0.1:80")).ShouldBeEmpty();
    }

    [Fact]
    public void Warnings_HostDoesNotForward_NamesTheSetting()
    {
        Setting("ipv4", "all", "forwarding", "0");

        Host.Warnings(Listeners("10.0.0.1:80")).ShouldHaveSingleItem().ShouldBe(
            "listener fast: net.ipv4.ip_forward is 0, so the kernel forwards nothing from other hosts to 10.0.0.1: sysctl -w net.ipv4.ip_forward=1");
    }

    [Fact]
    public void Warnings_Ipv6HostDoesNotForward_NamesTheSetting() =>
        Host.Warnings(Listeners("[fd00::1]:80", "[fd00::9]:80")).ShouldHaveSingleItem().ShouldContain("net.ipv6.conf.all.forwarding is 0");

    [Fact]
    public void Warnings_ServerOnLoopback_NamesTheSettingUntilItIsSet()
    {
        Host.Warnings(Listeners("127.0.0.1:80")).ShouldHaveSingleItem().ShouldContain("sysctl -w net.ipv4.conf.all.route_localnet=1");
        Setting("ipv4", "eth0", "route_localnet", "1");

        Host.Warnings(Listeners("127.0.0.1:80")).ShouldBeEmpty();
    }

    [Fact]
    public void Warnings_ListenerOnLoopback_AreNone()
    {
        Setting("ipv4", "all", "forwarding", "0");

        Host.Warnings(Listeners("127.0.0.1:81", "127.0.0.1:80")).ShouldBeEmpty();
    }

    [Fact]
    public void Warnings_UdpWithoutConntrack_NamesThePackage()
    {
        _programs.Missing.Add("conntrack");

        Host.Warnings(Listeners("10.0.0.1:80")).ShouldBeEmpty();
        Host.Warnings(Listeners("10.0.0.1:80", protocol: "udp")).ShouldHaveSingleItem().ShouldContain("apt-get install conntrack");
    }

    public void Dispose() => _proc.Delete(recursive: true);

    private KernelHost Host => new(_programs, _proc.FullName);

    private static IReadOnlyList<KernelListener> Listeners(string server, string bind = "10.77.1.1:80", string protocol = "tcp") =>
        ForwarderUnderTest.Listeners(
            $"listeners:\n  fast: {{ bind: \"{bind}\", protocol: {protocol}, mode: kernel, pool: web }}\npools:\n  web: {{ servers: [\"{server}\"] }}\n",
            [],
            []);

    private void Setting(string family, string adapter, string key, string value) => Write($"sys/net/{family}/conf/{adapter}/{key}", value + "\n");

    private void Write(string file, string text)
    {
        string path = Path.Combine(_proc.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
