using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class LinkPollerTests : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly LinkPoller _poller = LinkPoller.TryOpen(out _)!;
    private readonly EventSource _first = new();
    private readonly EventSource _second = new();

    public void Dispose()
    {
        _poller.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public void Wait_SourcesReady_SaysWhich()
    {
        int first = _poller.Watch(_first);
        int second = _poller.Watch(_second);
        _second.Set();
        _poller.Wait(Never).ShouldBe(1);
        (_poller.IsReady(first), _poller.IsReady(second)).ShouldBe((false, true));
        _first.Set();
        _poller.Wait(Never).ShouldBe(2);
        _second.Take();
        _poller.Wait(Never).ShouldBe(1);
        (_poller.IsReady(first), _poller.IsReady(second)).ShouldBe((true, false));
    }

    [Fact]
    public void Wait_AMomentThatHasPassed_ReturnsAtOnceEachTime()
    {
        _poller.Watch(_first);
        foreach (long moment in (long[])[0, 0, 1, -1, long.MinValue, BootClock.ReadNs(), BootClock.ReadNs() - 1])
        {
            _poller.Wait(moment).ShouldBe(0);
            _poller.Wait(moment).ShouldBe(0);
        }
    }

    [Fact]
    public void Wait_AMomentToCome_ReturnsWhenItIsThere()
    {
        for (int i = 0; i < 5; i++)
        {
            long moment = BootClock.ReadNs() + 3_000_000;
            _poller.Wait(moment).ShouldBe(0);
            BootClock.ReadNs().ShouldBeGreaterThanOrEqualTo(moment);
        }
    }

    [Fact]
    public void Wait_ANewMoment_ForgetsTheOldOne()
    {
        _poller.Wait(1).ShouldBe(0);
        _first.Set();
        _poller.Watch(_first);
        _poller.Wait(Never).ShouldBe(1);
        _poller.Wait(BootClock.ReadNs() + (3600 * BootClock.NanosecondsPerSecond)).ShouldBe(1);
    }

    [Fact]
    public void Wake_FromAnotherThread_EndsTheWait()
    {
        for (int i = 0; i < 100; i++)
        {
            var thread = new Thread(_poller.Wake);
            thread.Start();
            _poller.Wait(Never).ShouldBe(0);
            thread.Join();
        }
    }

    [Fact]
    public void Wake_BeforeTheWait_EndsItOnce()
    {
        _poller.Watch(_first);
        _poller.Wake();
        _poller.Wake();
        _poller.Wait(Never).ShouldBe(0);
        _first.Set();
        _poller.Wait(Never).ShouldBe(1);
    }

    [Fact]
    public void Unwatch_ASource_IsNotWaitedFor()
    {
        int first = _poller.Watch(_first);
        int second = _poller.Watch(_second);
        _first.Set();
        _second.Set();
        _poller.Unwatch(first);
        _poller.Wait(Never).ShouldBe(1);
        _poller.IsReady(first).ShouldBeFalse();
        _poller.Watch(_first).ShouldBe(first);
        _poller.Wait(Never).ShouldBe(2);
        _poller.Unwatch(second);
        _poller.Unwatch(first);
        _poller.Wait(0).ShouldBe(0);
    }

    [Fact]
    public void Wait_AClosedSource_IsPassedOver()
    {
        int first = _poller.Watch(_first);
        _first.Set();
        _first.Dispose();

        // Whoever gets the number now is not waited for.
        using var next = new EventSource();
        next.Set();
        _poller.Wait(0).ShouldBe(0);
        _poller.IsReady(first).ShouldBeFalse();
    }

    [Fact]
    public void Watch_PastTheMost_IsRefused()
    {
        for (int i = 0; i < LinkPoller.MaxSources; i++)
        {
            _poller.Watch(_first).ShouldBe(i);
        }

        _poller.Watch(_second).ShouldBe(-Errno.ENOSPC);
        _first.Set();
        _poller.Wait(Never).ShouldBe(LinkPoller.MaxSources);
        _poller.Unwatch(7);
        _poller.Watch(_second).ShouldBe(7);
        _poller.IsReady(-1).ShouldBeFalse();
        _poller.IsReady(int.MaxValue).ShouldBeFalse();
    }

    [Fact]
    public void Calls_AfterDispose_AreHarmless()
    {
        _poller.Dispose();
        _poller.Dispose();
        _poller.Wake();
        Should.Throw<ObjectDisposedException>(() => _poller.Wait(0));
    }

    [Fact]
    public void Wait_ManyTimes_AllocatesNothing()
    {
        _poller.Watch(_first);
        long before = 0;
        for (int round = 0; round < 3; round++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                _poller.Wake();
                _poller.Wait(BootClock.ReadNs() + BootClock.NanosecondsPerSecond);
                _poller.Wait(0);
            }

            before = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        before.ShouldBe(0);
    }

    [Fact]
    public void BootClock_Readings_NeverGoBack()
    {
        long last = BootClock.ReadNs();
        last.ShouldBeGreaterThan(0);
        for (int i = 0; i < 1000; i++)
        {
            long now = BootClock.ReadNs();
            now.ShouldBeGreaterThanOrEqualTo(last);
            last = now;
        }
    }
}
