using Atlas.Admin.Reloads;

namespace Atlas.Running;

/// <summary>Who waits for the outcome of a reload: all who asked before it began have that of the same. Any thread.</summary>
/// <param name="signals">Where it is asked for.</param>
internal sealed class ReloadRequests(ProcessSignals signals)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<ReloadAnswer>? _next;
    private string? _refusal;

    /// <summary>Asks for a reload that begins later than now, and waits for what becomes of it.</summary>
    internal Task<ReloadAnswer> AskAsync()
    {
        Task<ReloadAnswer> asked;
        lock (_gate)
        {
            if (_refusal is not null)
            {
                return Task.FromResult(new ReloadAnswer(ReloadOutcome.Refused, [_refusal]));
            }

            _next ??= new TaskCompletionSource<ReloadAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            asked = _next.Task;
        }

        signals.Add(ProcessRequest.Reload);
        return asked;
    }

    /// <summary>A reload begins, whoever asked for it.</summary>
    /// <returns>Takes its outcome; null: nobody waits for it.</returns>
    internal TaskCompletionSource<ReloadAnswer>? Begin()
    {
        lock (_gate)
        {
            TaskCompletionSource<ReloadAnswer>? asked = _next;
            _next = null;
            return asked;
        }
    }

    /// <summary>None can be done from now on.</summary>
    /// <param name="reason">Why, in words.</param>
    internal void Refuse(string reason)
    {
        lock (_gate)
        {
            _refusal = reason;
        }

        Begin()?.SetResult(new ReloadAnswer(ReloadOutcome.Refused, [reason]));
    }

    /// <summary>They can be done again.</summary>
    internal void Allow()
    {
        lock (_gate)
        {
            _refusal = null;
        }
    }
}
