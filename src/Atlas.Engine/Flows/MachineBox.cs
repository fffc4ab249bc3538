using System.Runtime.CompilerServices;

namespace Atlas.Engine.Flows;

/// <summary>The box of one async method: holds its compiled state machine, and keeps finished boxes of the same method
/// on a list of the thread.</summary>
internal sealed class MachineBox<TResult, TMachine> : ResultBox<TResult>
    where TMachine : IAsyncStateMachine
{
    // As many as flows of one method were ever suspended at once on a thread, up to this bound.
    private const int MaxFree = 16 * 1024;

    [ThreadStatic]
    private static MachineBox<TResult, TMachine>? t_free;

    [ThreadStatic]
    private static int t_freeCount;

    private MachineBox<TResult, TMachine>? _next;

    private MachineBox()
    {
    }

    internal TMachine Machine = default!;

    internal static MachineBox<TResult, TMachine> Rent()
    {
        MachineBox<TResult, TMachine>? box = t_free;
        if (box is null)
        {
            return new MachineBox<TResult, TMachine>();
        }

        t_free = box._next;
        t_freeCount--;
        box._next = null;
        return box;
    }

    internal override void Recycle()
    {
        Machine = default!;
        Result = default!;
        if (t_freeCount < MaxFree)
        {
            _next = t_free;
            t_free = this;
            t_freeCount++;
        }
    }

    public override void Run() => Machine.MoveNext();
}
