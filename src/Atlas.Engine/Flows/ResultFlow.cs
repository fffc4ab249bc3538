using System.Runtime.CompilerServices;

namespace Atlas.Engine.Flows;

/// <summary>A <see cref="Flow"/> with a result; awaited exactly once.</summary>
[AsyncMethodBuilder(typeof(ResultFlowMethodBuilder<>))]
public readonly struct ResultFlow<TResult>
{
    private readonly ResultBox<TResult>? _box;
    private readonly TResult _result;

    internal ResultFlow(ResultBox<TResult>? box, TResult result)
    {
        _box = box;
        _result = result;
    }

    /// <summary>Whether awaiting it would not wait.</summary>
    public bool IsCompleted => _box is null || _box.IsCompleted;

    /// <summary>Supports await.</summary>
    public Awaiter GetAwaiter() => new(_box, _result);

    /// <summary>Supports await.</summary>
    public readonly struct Awaiter : ICriticalNotifyCompletion, IFlowAwaiter
    {
        private readonly ResultBox<TResult>? _box;
        private readonly TResult _result;

        internal Awaiter(ResultBox<TResult>? box, TResult result)
        {
            _box = box;
            _result = result;
        }

        /// <summary>Whether it ended.</summary>
        public bool IsCompleted => _box is null || _box.IsCompleted;

        /// <summary>Takes the result, or throws what the method threw.</summary>
        public TResult GetResult() => _box is null ? _result : _box.Take();

        /// <inheritdoc/>
        public void OnCompleted(Continuation continuation) => _box!.OnCompleted(continuation);

        /// <inheritdoc/>
        public void OnCompleted(Action continuation) => OnCompleted(new ActionContinuation(continuation));

        /// <inheritdoc/>
        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
