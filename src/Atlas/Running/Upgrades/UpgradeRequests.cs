using Atlas.Admin.Upgrades;

namespace Atlas.Running.Upgrades;

/// <summary>Who waits for the outcome of an upgrade: one at a time is under way. Any thread.</summary>
/// <param name="signals">Where it is asked for.</param>
internal sealed class UpgradeRequests(ProcessSignals signals)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<UpgradeAnswer>? _asked;
    private int _limitMs;
    private bool _isUnderWay;
    private string? _refusal;

    /// <summary>Asks for an upgrade and waits for what becomes of it.</summary>
    /// <param name="limitMs">How long the new process may take.</param>
    internal Task<UpgradeAnswer> AskAsync(int limitMs)
    {
        var asked = new TaskCompletionSource<UpgradeAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            string? refusal = _refusal ?? (_isUnderWay || _asked is not null ? "another upgrade is under way" : null);
            if (refusal is not null)
            {
                return Task.FromResult(UpgradeAnswer.Refused(refusal));
            }

            _asked = asked;
            _limitMs = limitMs;
        }

        signals.Add(ProcessRequest.Upgrade);
        return asked.Task;
    }

    /// <summary>An upgrade begins, whoever asked for it.</summary>
    /// <returns>How long the new process may take.</returns>
    internal int Begin()
    {
        lock (_gate)
        {
            _isUnderWay = true;
            return _asked is null ? UpgradeLimits.DefaultMs : _limitMs;
        }
    }

    /// <summary>It has ended: tells who asked.</summary>
    internal void End(UpgradeAnswer answer)
    {
        lock (_gate)
        {
            _isUnderWay = false;
            _asked?.SetResult(answer);
            _asked = null;
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

        End(UpgradeAnswer.Refused(reason));
    }
}
