using System.Runtime.CompilerServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Interop;
using Atlas.Engine.Streams;
using Atlas.Engine.Timers;

namespace Atlas.Simulation;

/// <summary>A connect under way. The address decides; a deadline may come first.</summary>
internal sealed class ConnectAttempt : ITimerTarget, ICriticalNotifyCompletion, IFlowAwaiter
{
    private readonly SimulatedLoop _loop;
    private readonly LoopTimer _timer;
    private Action? _continuation;
    private WaitResult _end;

    internal ConnectAttempt(SimulatedLoop loop)
    {
        _loop = loop;
        _timer = new LoopTimer(loop.Timers, this);
    }

    public bool IsCompleted { get; private set; }

    internal ConnectResult Result { get; private set; }

    internal SimulatedLoop Loop => _loop;

    public void OnTimer(LoopTimer timer) => Finish(WaitResult.TimedOut, default);

    public ConnectAttempt GetAwaiter() => this;

    public WaitResult GetResult() => _end;

    public void OnCompleted(Action continuation) => _continuation = continuation;

    public void UnsafeOnCompleted(Action continuation) => _continuation = continuation;

    public void OnCompleted(Continuation continuation) => _continuation = continuation.ToAction();

    internal ConnectAttempt WaitAsync(long deadlineMs)
    {
        _timer.Set(deadlineMs);
        return this;
    }

    internal void Begin(SocketAddress address)
    {
        SimulatedListener? listener = _loop.World.ListenerAt(address);
        if (listener is null)
        {
            Refuse(Errno.ECONNREFUSED);
        }
        else
        {
            listener.Take(this);
        }
    }

    internal void Refuse(int error) => Finish(WaitResult.Ready, new ConnectResult(null, error));

    internal void Succeed(SimulatedStream stream) => Finish(WaitResult.Ready, new ConnectResult(stream, 0));

    private void Finish(WaitResult end, ConnectResult result)
    {
        if (IsCompleted)
        {
            return;
        }

        IsCompleted = true;
        _end = end;
        Result = result;
        _timer.Remove();
        Action? continuation = _continuation;
        _continuation = null;
        continuation?.Invoke();
    }
}
