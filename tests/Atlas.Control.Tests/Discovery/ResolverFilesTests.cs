using System.Net;
using System.Net.Sockets;
using Atlas.Control.Discovery.Resolving;
using Atlas.Control.Tests.Health;

namespace Atlas.Control.Tests.Discovery;

public sealed class ResolverFilesTests
{
    [Fact]
    public void ResolvConf_WithAllThatCounts_IsRead()
    {
        ResolverSettings settings = ResolverSettings.Parse(
            "# comment\n; another\nnameserver 10.0.0.53\r\n  nameserver\t2001:db8::53 # here\nnameserver nonsense\nnameserver\n"
            + "domain old.x\nsearch A.x b.x. -bad-\nsortlist 1.2.3.4\noptions ndots:2 timeout:3 attempts:4 rotate\n");

        settings.Servers.Select(server => server.ToString()).ShouldBe(["10.0.0.53:53", "[2001:db8::53]:53"]);
        settings.Search.ShouldBe(["a.x", "b.x"]);
        (settings.Ndots, settings.TimeoutMs, settings.Attempts).ShouldBe((2, 3_000, 4));
    }

    [Fact]
    public void ResolvConf_Empty_IsThisMachine()
    {
        ResolverSettings settings = ResolverSettings.Parse("");

        settings.Servers.ShouldHaveSingleItem().ToString().ShouldBe("127.0.0.1:53");
        (settings.Ndots, settings.TimeoutMs, settings.Attempts, settings.Search.Count).ShouldBe((1, 2_000, 2, 0));
    }

    [Fact]
    public void ResolvConf_PastItsBounds_IsCut()
    {
        string servers = string.Concat(Enumerable.Range(1, 20).Select(i => $"nameserver 10.0.0.{i}\n"));
        string search = "search " + string.Join(' ', Enumerable.Range(1, 20).Select(i => $"d{i}.x"));

        ResolverSettings settings = ResolverSettings.Parse($"{servers}{search}\noptions ndots:99 timeout:0 attempts:99 timeout:-1 attempts:x\n");

        settings.Servers.Count.ShouldBe(ResolverSettings.MaxServers);
        settings.Search.Count.ShouldBe(ResolverSettings.MaxSearch);
        (settings.Ndots, settings.TimeoutMs, settings.Attempts).ShouldBe((15, 1_000, 5));
    }

    [Theory]
    [InlineData("api", "api.a.x api.b.x api")]
    [InlineData("api.default", "api.default.a.x api.default.b.x api.default")]
    [InlineData("api.default.svc", "api.default.svc api.default.svc.a.x api.default.svc.b.x")]
    [InlineData("api.", "api.")]
    public void Candidates_ByDots_AreInTheOrderOfTheCLibrary(string name, string expected) =>
        ResolverSettings.Parse("search a.x b.x\noptions ndots:2").CandidatesOf(name).ShouldBe(expected.Split(' '));

    [Fact]
    public void Hosts_WithNamesAndComments_AreRead()
    {
        HostsFile hosts = HostsFile.Parse("10.0.0.1 App.x app # b.x\n10.0.0.2\tapp.x.\r\n::1 app.x\nnonsense c.x\n10.0.0.3\n");

        hosts.Find("app.X", AddressFamily.InterNetwork).ShouldBe([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("10.0.0.2")]);
        hosts.Find("app.x", AddressFamily.InterNetworkV6).ShouldBe([IPAddress.IPv6Loopback]);
        hosts.Find("app.x.", AddressFamily.InterNetworkV6).ShouldBe([IPAddress.IPv6Loopback]);
        hosts.Find("app", AddressFamily.InterNetworkV6).ShouldBeEmpty();
        hosts.Find("b.x", AddressFamily.InterNetwork).ShouldBeNull();
        hosts.Find("c.x", AddressFamily.InterNetwork).ShouldBeNull();
        hosts.Find("localhost", AddressFamily.InterNetwork).ShouldBe([IPAddress.Loopback]);
    }

    [Fact]
    public void File_ThatChanges_IsReadAgainAfterASecondAndOutlivesItsRemoval()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("atlas-test-").FullName, "f");
        var time = new RecordedTime();
        int reads = 0;
        var file = new ReadFile<string>(
            path,
            text =>
            {
                reads++;
                return text;
            },
            time);

        file.Value.ShouldBe("");
        File.WriteAllText(path, "one");
        file.Value.ShouldBe("");
        time.Advance(TimeSpan.FromSeconds(1));
        file.Value.ShouldBe("one");
        int before = reads;
        time.Advance(TimeSpan.FromSeconds(1));
        file.Value.ShouldBe("one");
        reads.ShouldBe(before);
        File.WriteAllText(path, "longer");
        time.Advance(TimeSpan.FromSeconds(1));
        file.Value.ShouldBe("longer");
        File.Delete(path);
        time.Advance(TimeSpan.FromSeconds(1));
        file.Value.ShouldBe("longer");
    }
}
