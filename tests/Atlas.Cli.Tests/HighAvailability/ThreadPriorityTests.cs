using System.Globalization;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>What the thread of virtual routers gets of a machine that is busy.</summary>
public sealed class ThreadPriorityTests
{
    private const string Router = "priority: 100, advertise: ";
    private const string RoundRobin = "2";
    private const string Ordinary = "0";
    private const int PolicyField = 41;
    private const ulong SysNice = 1 << 23;
    private const string Complaint = "virtual routers have no real-time priority";

    [Fact]
    public async Task Right_ThatIsThere_GivesARealTimePriority()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        Assert.SkipUnless(HasSysNice(), "real-time priorities need CAP_SYS_NICE, which even root lacks here");
        VirtualNode one = network.Keep(await VirtualNode.StartAsync(network.One, "one", Router + "100ms"));

        await one.SaysAsync("is master");

        one.Count(Complaint).ShouldBe(0, one.Program.Errors);
        PolicyOf(one.Program).ShouldBe(RoundRobin);
    }

    [Theory]
    [InlineData("100ms", 1)]
    [InlineData("1s", 0)]
    public async Task Right_ThatIsMissing_IsSaidWhereItMattersAndNoError(string interval, int count)
    {
        await using SharedNetwork network = SharedNetwork.Create();
        using var config = new ConfigFile(VirtualNode.Text("one", Router + interval));

        await using RunningProgram program = network.One.Start(
            "prlimit", "--rtprio=0", "--nice=0",
            "setpriv", "--bounding-set=-sys_nice", "--inh-caps=-sys_nice",
            Checkout.Program, "run", "-c", config.Path);

        await program.SaysAsync("is master");
        program.Count(Complaint).ShouldBe(count, program.Errors);
        PolicyOf(program).ShouldBe(Ordinary);
        config.Write(VirtualNode.Text("one", $"priority: 101, advertise: {interval}"));
        await program.SignalAsync("HUP");
        await program.SaysAsync("has priority 101");
        program.Count(Complaint).ShouldBe(count, "it is said once");
    }

    private static bool HasSysNice() => (ulong.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal))["CapEff:".Length..],
        NumberStyles.HexNumber | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) & SysNice) != 0;

    /// <summary>The scheduling policy of its thread of virtual routers, as a number.</summary>
    private static string PolicyOf(RunningProgram program)
    {
        string stat = Directory.GetDirectories($"/proc/{program.Id}/task")
            .Select(task => File.ReadAllText(Path.Combine(task, "stat")))
            .Single(text => text.Contains("(atlas-vrrp)", StringComparison.Ordinal));

        // Behind the name, which may have spaces (proc_pid_stat(5)), fields are counted from 3 on.
        return stat[(stat.LastIndexOf(") ", StringComparison.Ordinal) + 2)..].Split(' ')[PolicyField - 3];
    }
}
