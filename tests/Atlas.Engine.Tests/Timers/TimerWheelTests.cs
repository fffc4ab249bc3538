using Atlas.Engine.Timers;
using CsCheck;

namespace Atlas.Engine.Tests.Timers;

public sealed class TimerWheelTests
{
    private const long Start = 123_456_789;

    [Fact]
    public void Advance_OneMillisecondBefore_IsSilent_AtTheDeadlineItCalls()
    {
        long[] spans = [0, 1, 2, 62, 63, 64, 65, 4095, 4096, 4097, 262_143, 262_144, 16_777_216, 86_400_000, 1L << 30, (1L << 30) + 1];
        for (int offset = 0; offset < 130; offset++)
        {
            foreach (long span in spans)
            {
                var wheel = new TimerWheel(Start + offset);
                var target = new Target();
                var timer = new LoopTimer(wheel, target);
                long deadline = Start + offset + span;
                timer.Set(deadline);
                wheel.Advance(deadline - 1);
                target.Calls.ShouldBe(0, $"offset {offset} span {span}");
                wheel.Advance(deadline);
                target.Calls.ShouldBe(1, $"offset {offset} span {span}");
                wheel.Advance(deadline + 1_000_000);
                target.Calls.ShouldBe(1);
                wheel.Count.ShouldBe(0);
            }
        }
    }

    [Theory]
    [InlineData(1L << 36)]
    [InlineData((1L << 36) - 1)]
    [InlineData((1L << 36) - (1L << 30))]
    [InlineData((1L << 36) - (1L << 30) + 1)]
    [InlineData((1L << 37) + 12_345)]
    [InlineData(1L << 50)]
    [InlineData(long.MaxValue - 1 - Start)]
    public void Set_FartherThanTheWheelReaches_IsCalledAtItsTime(long span)
    {
        var wheel = new TimerWheel(Start);
        var target = new Target();
        new LoopTimer(wheel, target).Set(Start + span);
        for (long next = wheel.NextMs(); next < Start + span && next < Start + (1L << 42); next = wheel.NextMs())
        {
            wheel.Advance(next);
            target.Calls.ShouldBe(0);
            wheel.NextMs().ShouldBeGreaterThan(next);
        }

        if (span < 1L << 42)
        {
            wheel.Advance(Start + span);
            target.Calls.ShouldBe(1);
        }
    }

    [Fact]
    public void Set_Later_KeepsItsPlaceInTheWheelAndIsCalledOnce()
    {
        var wheel = new TimerWheel(Start);
        var target = new Target();
        var timer = new LoopTimer(wheel, target);
        for (int i = 1; i <= 1000; i++)
        {
            timer.Set(Start + 100 + i);
        }

        wheel.Touched.ShouldBe(0);
        wheel.Advance(Start + 1099);
        target.Calls.ShouldBe(0);
        wheel.Advance(Start + 1100);
        target.Calls.ShouldBe(1);
    }

    [Fact]
    public void Advance_ATimerMovedLater_ComesAfterThoseDueBefore()
    {
        var wheel = new TimerWheel(Start);
        var order = new List<string>();
        var moved = new LoopTimer(wheel, new Call(() => order.Add("moved")));
        var other = new LoopTimer(wheel, new Call(() => order.Add("other")));
        moved.Set(Start + 10);
        moved.Set(Start + 30);
        other.Set(Start + 20);
        wheel.Advance(Start + 40);
        order.ShouldBe(["other", "moved"]);
    }

    [Fact]
    public void Set_ForNowFromWithin_IsCalledInTheNextAdvanceOnly()
    {
        var wheel = new TimerWheel(Start);
        int calls = 0;
        LoopTimer timer = null!;
        timer = new LoopTimer(wheel, new Call(() =>
        {
            calls++;
            timer.Set(Start + 5);
        }));
        timer.Set(Start + 5);
        wheel.Advance(Start + 5);
        calls.ShouldBe(1);
        wheel.NextMs().ShouldBe(Start + 6);
        wheel.Advance(Start + 5);
        calls.ShouldBe(1);
        wheel.Advance(Start + 6);
        calls.ShouldBe(2);
    }

    [Fact]
    public void Set_InThePast_IsCalledInTheNextAdvance()
    {
        var wheel = new TimerWheel(Start);
        var target = new Target();
        new LoopTimer(wheel, target).Set(Start - 1000);
        wheel.NextMs().ShouldBe(Start);
        wheel.Advance(Start);
        target.Calls.ShouldBe(1);
    }

    [Fact]
    public void Advance_ManyPending_TouchesNoneThatIsNotDue()
    {
        var wheel = new TimerWheel(Start);
        var target = new Target();
        for (int i = 0; i < 100_000; i++)
        {
            new LoopTimer(wheel, target).Set(Start + 75_000 + (i % 1000));
        }

        // Less than the distance at which the slots of a level are spread out over the level below.
        for (int ms = 0; ms < 60_000; ms++)
        {
            wheel.Advance(Start + ms);
        }

        target.Calls.ShouldBe(0);
        wheel.Touched.ShouldBeLessThanOrEqualTo(100_000);
        wheel.Advance(Start + 80_000);
        target.Calls.ShouldBe(100_000);
        wheel.Touched.ShouldBeLessThanOrEqualTo(4 * 100_000, "a timer is touched once per level at most");
    }

    [Fact]
    public void Advance_WithinOneSlotOfTheLevelAbove_TouchesNothing()
    {
        var wheel = new TimerWheel(0);
        for (int i = 0; i < 100_000; i++)
        {
            new LoopTimer(wheel, new Target()).Set(8192 + i);
        }

        for (int ms = 0; ms < 8192; ms++)
        {
            wheel.Advance(ms);
        }

        wheel.Touched.ShouldBe(0);
    }

    [Fact]
    public void Wheel_AnyUse_BehavesAsASortedList() =>
        Gen.Int.Array[1, 300].Sample(Run, seed: null, iter: 300, print: steps => string.Join(',', steps));

    // Interprets each number as a step, and compares with a plain list of deadlines.
    private static void Run(int[] steps)
    {
        var wheel = new TimerWheel(Start);
        var model = new Model(wheel, steps);
        foreach (int step in steps)
        {
            model.Step(step);
        }

        model.Advance(Start + (1L << 34));
    }

    private sealed class Target : ITimerTarget
    {
        public int Calls { get; private set; }

        public void OnTimer(LoopTimer timer) => Calls++;
    }

    private sealed class Call(Action action) : ITimerTarget
    {
        public void OnTimer(LoopTimer timer) => action();
    }

    private sealed class Model : ITimerTarget
    {
        private const int Timers = 12;

        private readonly TimerWheel _wheel;
        private readonly LoopTimer[] _timers = new LoopTimer[Timers];
        private readonly long[] _deadlines = new long[Timers];
        private readonly Random _random;
        private long _nowMs = Start;
        private long _lastMs = Start;
        private bool _advancing;

        internal Model(TimerWheel wheel, int[] steps)
        {
            _wheel = wheel;
            _random = new Random(steps.Length == 0 ? 0 : steps[0]);
            Array.Fill(_deadlines, long.MaxValue);
            for (int i = 0; i < Timers; i++)
            {
                _timers[i] = new LoopTimer(wheel, this);
            }
        }

        public void OnTimer(LoopTimer timer)
        {
            int index = Array.IndexOf(_timers, timer);
            long due = _deadlines[index];
            due.ShouldBeLessThanOrEqualTo(_nowMs);
            due.ShouldBeGreaterThanOrEqualTo(_lastMs, "in order of milliseconds");
            _deadlines.Min().ShouldBe(due, "the earliest comes first");
            _lastMs = due;
            _deadlines[index] = long.MaxValue;
            timer.IsSet.ShouldBeFalse();
            for (int i = _random.Next(4); i > 0; i--)
            {
                Step(_random.Next());
            }
        }

        internal void Step(int step)
        {
            int index = (int)((uint)step % Timers);
            uint rest = (uint)step / Timers;
            switch (rest % 8)
            {
                case 0:
                    _timers[index].Clear();
                    _deadlines[index] = long.MaxValue;
                    break;
                case 1:
                    _timers[index].Remove();
                    _deadlines[index] = long.MaxValue;
                    break;
                case 2 or 3 when !_advancing:
                    Advance(_nowMs + Span(rest / 8));
                    break;
                default:
                    // Within an advance, for later only: what is set for now comes in the next one, which has its own test.
                    _deadlines[index] = _nowMs + Span(rest / 8) + (_advancing ? 1 : 0);
                    _timers[index].Set(_deadlines[index]);
                    break;
            }

            _timers[index].DeadlineMs.ShouldBe(_deadlines[index]);
        }

        internal void Advance(long toMs)
        {
            _wheel.NextMs().ShouldBeLessThanOrEqualTo(_deadlines.Min(), "the loop may not sleep past a deadline");
            _nowMs = toMs;
            _lastMs = Start;
            _advancing = true;
            _wheel.Advance(toMs);
            _advancing = false;
            _deadlines.Min().ShouldBeGreaterThan(toMs, "nothing that was due is left");
        }

        private static long Span(uint number) => (number % 5) switch
        {
            0 => number % 3,
            1 => number % 70,
            2 => number % 5_000,
            3 => number % 400_000,
            _ => number * 7L,
        };
    }
}
