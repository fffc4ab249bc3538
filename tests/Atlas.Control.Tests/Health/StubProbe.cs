using System.Threading.Channels;
using Atlas.Control.Health;

namespace Atlas.Control.Tests.Health;

/// <summary>A probe whose results the test gives, one after the other.</summary>
internal sealed class StubProbe : IProbe
{
    private readonly Channel<Question> _questions = Channel.CreateUnbounded<Question>();

    /// <summary>How often it was asked.</summary>
    public int Asked { get; private set; }

    public bool IsDisposed { get; private set; }

    public void Dispose() => IsDisposed = true;

    public Task<ProbeResult> RunAsync(CancellationToken cancellation)
    {
        Asked++;
        var question = new Question(cancellation);
        _questions.Writer.TryWrite(question).ShouldBeTrue();
        return question.Result;
    }

    /// <summary>The next time that it is asked.</summary>
    public Task<Question> NextAsync() => _questions.Reader.ReadAsync().AsTask().WaitAsync(Until.Limit);

    /// <summary>A probe under way.</summary>
    internal sealed class Question
    {
        private readonly TaskCompletionSource<ProbeResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Question(CancellationToken cancellation)
        {
            Cancellation = cancellation;
            cancellation.Register(() => _result.TrySetCanceled(cancellation));
        }

        public CancellationToken Cancellation { get; }

        public Task<ProbeResult> Result => _result.Task;

        public void Pass() => _result.TrySetResult(ProbeResult.Good("http 200"));

        public void Fail() => _result.TrySetResult(ProbeResult.Bad("connect refused"));

        public void FailOutOfReach() => _result.TrySetResult(ProbeResult.Unreachable("connect refused"));

        public void GiveUp() => _result.TrySetResult(ProbeResult.None("no descriptors"));

        public void Throw() => _result.TrySetException(new InvalidOperationException("unheard of"));
    }
}
