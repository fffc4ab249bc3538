using Atlas.Control.Discovery.Resolving;

namespace Atlas.Control.Discovery;

/// <summary>Looks a name up again and again, one lookup at a time, for all who want to know. What is not of the loop is under
/// the discovery's lock.</summary>
internal sealed class NameWatch(NameKey key, long[] lookups) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal NameKey Key { get; } = key;

    /// <summary>Those whose servers depend on it.</summary>
    internal HashSet<NamedServers> Users { get; } = [];

    internal NameState State { get; private set; } = new();

    /// <summary>The longest time between lookups.</summary>
    internal int RefreshMs => Users.Min(user => user.RefreshMs);

    /// <summary>Takes what a lookup brought.</summary>
    internal void Take(LookupResult result, long nowMs)
    {
        lookups[(int)result.Outcome]++;
        State = State.After(result, nowMs);
    }

    /// <summary>Looks the name up at once, if it waits: somebody wants it more often.</summary>
    internal void Hurry() => _sooner.TrySetResult();

    /// <summary>Runs until it is disposed of.</summary>
    /// <param name="options">The rest.</param>
    /// <param name="slots">One is held while a lookup is under way.</param>
    /// <param name="ended">Takes a result; gives the milliseconds until the next lookup.</param>
    internal async Task RunAsync(DiscoveryOptions options, SemaphoreSlim slots, Func<NameWatch, LookupResult, int> ended)
    {
        CancellationToken stop = _stop.Token;
        try
        {
            while (true)
            {
                _sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                int delayMs = ended(this, await LookupAsync(options.Resolver, slots, stop));
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(delayMs), options.Time, stop), _sooner.Task);
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know any more.
        }
    }

    /// <summary>Ends it; a lookup that is under way is given up.</summary>
    public void Dispose()
    {
        // The token is left to the garbage: the loop may still wait by it.
        _stop.Cancel();
    }

    private async Task<LookupResult> LookupAsync(INameResolver resolver, SemaphoreSlim slots, CancellationToken stop)
    {
        await slots.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            return await resolver.LookupAsync(Key.Name, Key.Type, stop);
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            // Whatever it is, it must not end the lookups.
            return new LookupResult(LookupOutcome.Unreachable, e.Message.ReplaceLineEndings(" "));
        }
        finally
        {
            slots.Release();
        }
    }
}
