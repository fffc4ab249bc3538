using Atlas.Admin.Reloads;

namespace Atlas.Running;

/// <summary>Who waits for the outcome of a reload: all who asked before it began have that of the same. Any thread.</summary>
/// <param name="signals">Where it is asked for.</param>
internal sealed class ReloadRequests(ProcessSignals signals)
{
    private readonly Lock _gate = new();
    private List<TaskCompletionSource<ReloadAnswer>> _asked = [];
    private string? _refusal;

    /// <summary>Asks for a reload that begins later than now, and waits for what becomes of it.</summary>
    internal Task<ReloadAnswer> AskAsync()
    {
        var asked = new TaskCompletionSource<ReloadAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_refusal is not null)
            {
                return Task.FromResult(new ReloadAnswer(ReloadOutcome.Refused, [_refusal]));
            }

            _asked.Add(asked);
        }

        signals.Add(ProcessRequest.Reload);
        return asked.Task;
    }

    /// <summary>A reload begins, whoever asked for it.</summary>
    /// <returns>Who is to be told of its outcome.</returns>
    internal IReadOnlyList<TaskCompletionSource<ReloadAnswer>> Begin()
    {
        lock (_gate)
        {
            List<TaskCompletionSource<ReloadAnswer>> asked = _asked;
            _asked = [];
            return asked;
        }
    }

    /// <summary>None can be done any more.</summary>
    /// <param name="reason">Why, in words.</param>
    internal void RefuseAll(string reason)
    {
        lock (_gate)
        {
            _refusal = reason;
        }

        foreach (TaskCompletionSource<ReloadAnswer> asked in Begin())
        {
            asked.SetResult(new ReloadAnswer(ReloadOutcome.Refused, [reason]));
        }
    }
}
