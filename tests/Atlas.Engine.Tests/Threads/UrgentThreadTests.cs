using System.Globalization;
using Atlas.Engine.Interop;
using Atlas.Engine.Threads;

namespace Atlas.Engine.Tests.Threads;

public sealed class UrgentThreadTests
{
    // Of the fields behind the name (proc_pid_stat(5)), which are counted from 3 on.
    private const int NiceField = 19 - 3;
    private const int PriorityField = 40 - 3;
    private const int PolicyField = 41 - 3;

    [Fact]
    public void Claim_OfAThread_SaysWhatItGotAndLeavesThoseThatItStartsOrdinary()
    {
        var urgency = ThreadUrgency.Ordinary;
        int error = 0;
        string[] own = [];
        string[] started = [];
        On(() =>
        {
            urgency = UrgentThread.Claim(out error);
            own = Fields();
            On(() => started = Fields());
        });

        int nice = int.Parse(own[NiceField], CultureInfo.InvariantCulture);
        (own[PolicyField], own[PriorityField], nice < 0, error == 0).ShouldBe(urgency switch
        {
            ThreadUrgency.RealTime => (LinuxConstants.SCHED_RR.ToString(CultureInfo.InvariantCulture), "1", false, true),
            ThreadUrgency.Favoured => ("0", "0", true, false),
            ThreadUrgency.Ordinary => ("0", "0", false, false),
            _ => throw new InvalidOperationException("unknown urgency"),
        });
        (started[PolicyField], started[PriorityField], started[NiceField]).ShouldBe(("0", "0", "0"));
    }

    [Fact]
    public void ReadUsedNs_OfAThread_CountsWorkButNotWaiting()
    {
        long waited = 0;
        On(() =>
        {
            long before = UrgentThread.ReadUsedNs();
            Thread.Sleep(200);
            waited = UrgentThread.ReadUsedNs() - before;
            while (UrgentThread.ReadUsedNs() - before < 200_000_000)
            {
                // Until it has: that this ends is what is asserted.
            }
        });
        waited.ShouldBeLessThan(100_000_000);
    }

    private static string[] Fields()
    {
        string text = File.ReadAllText("/proc/thread-self/stat");
        return text[(text.LastIndexOf(") ", StringComparison.Ordinal) + 2)..].Split(' ');
    }

    private static void On(Action action)
    {
        var thread = new Thread(() => action());
        thread.Start();
        thread.Join();
    }
}
