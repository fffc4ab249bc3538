using Atlas.Engine.Timers;
using BenchmarkDotNet.Attributes;

namespace Atlas.Benchmarks;

/// <summary>The wheel with many timers pending: what a timeout costs that is renewed, and what a tick costs.</summary>
public class TimerWheelBenchmarks : ITimerTarget
{
    private const int TimeoutMs = 60_000;

    private TimerWheel _wheel = null!;
    private LoopTimer _timer = null!;
    private LoopTimer _spare = null!;
    private long _nowMs;

    [Params(1, 100_000)]
    public int Pending { get; set; }

    public void OnTimer(LoopTimer timer) => timer.Set(_nowMs + TimeoutMs);

    [GlobalSetup]
    public void Make()
    {
        _nowMs = 1_000_000;
        _wheel = new TimerWheel(_nowMs);
        for (int i = 0; i < Pending; i++)
        {
            _timer = new LoopTimer(_wheel, this);
            _timer.Set(_nowMs + TimeoutMs + (i % TimeoutMs));
        }

        _spare = new LoopTimer(_wheel, this);
    }

    [Benchmark]
    public void Renew() => _timer.Set(_timer.DeadlineMs + 1);

    [Benchmark]
    public void SetAndRemove()
    {
        _spare.Set(_nowMs + TimeoutMs);
        _spare.Remove();
    }

    [Benchmark]
    public long Next() => _wheel.NextMs();

    /// <summary>One millisecond passes; timers that come due are set again.</summary>
    [Benchmark]
    public void Tick() => _wheel.Advance(++_nowMs);
}
