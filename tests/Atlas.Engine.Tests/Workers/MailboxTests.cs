using Atlas.Engine.Workers;

namespace Atlas.Engine.Tests.Workers;

public sealed class MailboxTests
{
    private int _wakes;

    [Fact]
    public void TryAdd_SeveralBeforeADrain_WakesOnce()
    {
        Mailbox mailbox = Make(10);
        var ran = new List<int>();
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            mailbox.TryAdd(() => ran.Add(number)).ShouldBeTrue();
        }

        _wakes.ShouldBe(1);
        mailbox.Drain();
        ran.ShouldBe([0, 1, 2]);
        mailbox.TryAdd(() => { }).ShouldBeTrue();
        _wakes.ShouldBe(2);
    }

    [Fact]
    public void TryAdd_OnePastTheBound_IsRefused()
    {
        Mailbox mailbox = Make(2);
        mailbox.TryAdd(() => { }).ShouldBeTrue();
        mailbox.TryAdd(() => { }).ShouldBeTrue();
        mailbox.TryAdd(() => throw new InvalidOperationException()).ShouldBeFalse();
        mailbox.Drain();
        mailbox.TryAdd(() => { }).ShouldBeTrue();
    }

    [Fact]
    public void Drain_WorkAddsWork_ItWaitsForTheNextDrain()
    {
        Mailbox mailbox = Make(10);
        int ran = 0;
        void Again()
        {
            ran++;
            mailbox.TryAdd(Again);
        }

        mailbox.TryAdd(Again);
        mailbox.Drain();
        ran.ShouldBe(1);
        _wakes.ShouldBe(2);
    }

    [Fact]
    public void Close_WorkWaits_RunsItAndRefusesMoreWithoutAWake()
    {
        Mailbox mailbox = Make(10);
        int ran = 0;
        mailbox.TryAdd(() => ran++);
        mailbox.IsClosed.ShouldBeFalse();
        mailbox.Close();
        ran.ShouldBe(1);
        mailbox.IsClosed.ShouldBeTrue();
        mailbox.TryAdd(() => ran++).ShouldBeFalse();
        mailbox.Wake();
        mailbox.Drain();
        ran.ShouldBe(1);
        _wakes.ShouldBe(1);
    }

    [Fact]
    public void TryAdd_ManyThreads_LosesAndRepeatsNothing()
    {
        using var woken = new SemaphoreSlim(0);
        var mailbox = new Mailbox(100_000, () => woken.Release());
        int ran = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 10_000; i++)
            {
                mailbox.TryAdd(() => ran++).ShouldBeTrue();
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        while (ran < 40_000)
        {
            woken.Wait(TimeSpan.FromSeconds(10)).ShouldBeTrue("work waits and nobody was woken");
            mailbox.Drain();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        ran.ShouldBe(40_000);
    }

    private Mailbox Make(int capacity) => new(capacity, () => _wakes++);
}
