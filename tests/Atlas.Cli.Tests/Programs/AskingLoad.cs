using System.Collections.Concurrent;
using System.Globalization;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that ask without a pause until they are ended, and what becomes of what they ask.</summary>
public abstract class AskingLoad : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _broken = new();
    private Task _lanes = Task.CompletedTask;
    private volatile bool _isEnding;
    private int _answered;

    /// <summary>What was answered, whole.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>What became of the others.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    protected bool IsEnding => _isEnding;

    /// <summary>Waits until so many more were answered.</summary>
    public Task AnsweredAsync(int more)
    {
        int count = Answered + more;
        return Wait.ForAsync(
            () =>
            {
                _lanes.IsFaulted.ShouldBeFalse(_lanes.Exception?.ToString());
                return Answered >= count;
            },
            () => $"{Answered} of {count}, broken: {string.Join("; ", _broken)}");
    }

    /// <summary>Lets each client end with what is at hand.</summary>
    public virtual Task EndAsync()
    {
        _isEnding = true;
        return _lanes.WaitAsync(RunningProgram.Limit);
    }

    public virtual async ValueTask DisposeAsync()
    {
        _isEnding = true;
        await _lanes.WaitAsync(RunningProgram.Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins.</summary>
    /// <param name="lanes">How many clients.</param>
    /// <param name="run">What a client does until <see cref="IsEnding"/>, by its number from 0 on.</param>
    protected void Begin(int lanes, Func<int, Task> run) =>
        _lanes = Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => run(lane))));

    protected void CountAnswer() => Interlocked.Increment(ref _answered);

    protected void CountBroken(string what) => _broken.Enqueue(what);

    /// <summary>Whether a response of HTTP is there with all of its body.</summary>
    protected static bool IsWhole(string answer)
    {
        const string Field = "content-length: ";
        int head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int at = answer.IndexOf(Field, StringComparison.OrdinalIgnoreCase);
        return head >= 0 && at >= 0 && at < head
            && answer.Length - head - 4 == int.Parse(answer[(at + Field.Length)..].Split('\r')[0], CultureInfo.InvariantCulture);
    }
}
