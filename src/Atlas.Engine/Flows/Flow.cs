using System.Runtime.CompilerServices;

namespace Atlas.Engine.Flows;

/// <summary>What an async method of the data plane returns in place of a Task: it runs on its loop's thread only, is
/// awaited exactly once (or detached), and allocates nothing in steady state.</summary>
[AsyncMethodBuilder(typeof(FlowMethodBuilder))]
public readonly struct Flow
{
    private readonly ResultBox<Nothing>? _box;

    internal Flow(ResultBox<Nothing>? box) => _box = box;

    /// <summary>Whether awaiting it would not wait.</summary>
    public bool IsCompleted => _box is null || _box.IsCompleted;

    /// <summary>Lets it run on with nobody waiting. An exception in it ends the process.</summary>
    public void Detach() => _box?.Detach();

    /// <summary>Supports await.</summary>
    public Awaiter GetAwaiter() => new(_box);

    /// <summary>Supports await.</summary>
    public readonly struct Awaiter : ICriticalNotifyCompletion, IFlowAwaiter
    {
        private readonly ResultBox<Nothing>? _box;

        internal Awaiter(ResultBox<Nothing>? box) => _box = box;

        /// <summary>Whether it ended.</summary>
        public bool IsCompleted => _box is null || _box.IsCompleted;

        /// <summary>Takes the end, or throws what the method threw.</summary>
        public void GetResult() => _box?.Take();

        /// <inheritdoc/>
        public void OnCompleted(Continuation continuation) => _box!.OnCompleted(continuation);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => OnCompleted(new ActionContinuation(continuation));

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }

    internal readonly struct Nothing;
}
