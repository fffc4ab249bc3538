using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Commands;

[SupportedOSPlatform("linux")]
public sealed class DemoTests
{
    [Fact]
    public async Task Demo_Asked_RotatesAndEndsInOrder()
    {
        await using var program = RunningProgram.Atlas("demo", "--port", "0", "--admin-port", "0");
        string line = await program.OutputAsync("Atlas balances http://");
        await program.OutputAsync("Stop with Ctrl-C.");

        using var client = new Client(line.Split(' ')[0]);
        string answers = "";
        for (int i = 0; i < 6; i++)
        {
            string answer = await client.GetAsync();
            answers += answer["server ".Length];
        }

        answers.ShouldBe("ABCABC");
        program.Output.ShouldMatch(@"curl http://127\.0\.0\.1:\d+/metrics ");
        program.Output.ShouldMatch(@"atlas status --admin 127\.0\.0\.1:\d+ ");
        program.Output.ShouldMatch(@"atlas drain demo/A --admin 127\.0\.0\.1:\d+ ");
        string[] hints = [.. program.Output.Split('\n').Where(hint => hint.StartsWith("    curl ") || hint.StartsWith("    atlas "))];
        hints.Select(hint => Regex.Match(hint, " {3,}(?=\\S)", RegexOptions.RightToLeft).Length + Regex.Match(hint, " {3,}(?=\\S)", RegexOptions.RightToLeft).Index)
            .Distinct().ShouldHaveSingleItem("all effects stand below each other");
        using var admin = new HttpClient();
        string status = await admin.GetStringAsync(Regex.Match(program.Output, @"http://\S+/api/v1/status").Value);
        status.ShouldNotContain("memory", customMessage: "a store is there with --sessions only");
        await program.SignalAsync("INT");
        (await program.EndAsync()).ShouldBe(0);
        program.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Demo_WithSessions_KeepsTheCartOfAServerThatEnds()
    {
        await using var program = RunningProgram.Atlas("demo", "--sessions", "--port", "0", "--admin-port", "0");
        string cart = (await program.OutputAsync("Atlas balances ")).Split(' ')[0] + "/cart";
        await program.OutputAsync("Stop with Ctrl-C.");
        Match exit = Regex.Match(program.Output, @"curl -X POST (http://\S+/exit) +server A ends");
        exit.Success.ShouldBeTrue(program.Output);
        using var client = new HttpClient();

        string[] added = [await AddAsync("pear"), await AddAsync("apple"), await AddAsync("nut")];
        using (var end = await client.PostAsync(exit.Groups[1].Value, content: null))
        {
            (await end.Content.ReadAsStringAsync()).ShouldBe("server A ends\n");
        }

        // It answers what it has begun, and then refuses.
        while (await IsOpenAsync(new Uri(exit.Groups[1].Value)))
        {
            await Task.Delay(20);
        }

        // On a connection that is kept it may answer once more.
        var seen = new List<string>();
        string[] round;
        do
        {
            round = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.GetStringAsync(cart)));
            seen.AddRange(round);
        }
        while (round.Any(answer => answer.StartsWith("server A", StringComparison.Ordinal)) && seen.Count < 600);

        added.ShouldBe(["server A: the cart has pear\n", "server B: the cart has pear, apple\n", "server C: the cart has pear, apple, nut\n"]);
        seen.ShouldAllBe(answer => answer.EndsWith(": the cart has pear, apple, nut\n"));
        round.Select(answer => answer["server ".Length]).Distinct().Order().ShouldBe(['B', 'C']);
        await program.SignalAsync("INT");
        (await program.EndAsync()).ShouldBe(0);

        static async Task<bool> IsOpenAsync(Uri url)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync(IPAddress.Loopback, url.Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        }

        async Task<string> AddAsync(string item)
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("item", item)]);
            using var answer = await client.PostAsync(cart, form);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    [Fact]
    public async Task Demo_WithTls_IsTrustedByItsAuthorityAndLeavesNoFile()
    {
        await using var program = RunningProgram.Atlas("demo", "--tls", "--port", "0", "--admin-port", "0");
        string url = (await program.OutputAsync("Atlas balances ")).Split(' ')[0];
        await program.OutputAsync("Stop with Ctrl-C.");
        Match command = Regex.Match(program.Output, @"curl --cacert (\S+/ca\.pem) " + Regex.Escape(url));
        command.Success.ShouldBeTrue(program.Output);
        string file = command.Groups[1].Value;
        string folder = Path.GetDirectoryName(file)!;
        Directory.GetFiles(folder).ShouldAllBe(path => (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) == 0);

        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(file);
        using var handler = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust } };
        using var client = new HttpClient(handler);
        (await client.GetStringAsync(url)).ShouldStartWith("server A");
        (await client.GetStringAsync(url)).ShouldStartWith("server B");

        using var other = new HttpClient();
        (await Should.ThrowAsync<HttpRequestException>(() => other.GetStringAsync(url))).InnerException.ShouldBeOfType<AuthenticationException>();
        await program.SignalAsync("INT");
        (await program.EndAsync()).ShouldBe(0);
        program.Errors.ShouldBeEmpty();
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Theory]
    [InlineData("--port", "--admin-port")]
    [InlineData("--admin-port", "--port")]
    public async Task Demo_PortInUse_SaysWhatToDo(string taken, string free)
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        string address = other.LocalEndpoint.ToString()!;
        await using var program = RunningProgram.Atlas("demo", taken, address.Split(':')[1], free, "0");

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldStartWith($"cannot listen on {address}: ");
        program.Errors.ShouldContain(taken);
    }

    [Fact]
    public async Task Server_Asked_AnswersWithItsName()
    {
        await using var program = RunningProgram.Atlas("server", "--bind", "127.0.0.1:0", "--name", "blue");
        using var client = new Client(await program.ErrorAsync("server on http://"));

        (await client.GetAsync("/x")).ShouldBe("server blue: GET /x\n");
        await program.SignalAsync("TERM");
        (await program.EndAsync()).ShouldBe(0);
    }
}
