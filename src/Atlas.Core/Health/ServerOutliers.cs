namespace Atlas.Core.Health;

/// <summary>
/// What real requests say of one server, and whether it is ejected for it. Workers report into it at once, without locks and
/// allocations; <see cref="OutlierDetector"/> alone decides.
/// <code>
///   sound      a failure that makes it enough       proposed   Report returns true, once
///   proposed   decided: ejected                     ejected
///   proposed   decided: not enough any more         sound
///   proposed   decided: too few would be left       proposed   looked at again
///   proposed   takes no requests anyway             sound      all counts begin anew
///   ejected    its time is over, a check passed     sound      all counts begin anew
/// </code>
/// </summary>
public sealed class ServerOutliers
{
    private const int CellMs = 1_000;

    private readonly OutcomeWindow _window = new(CellMs);
    private ulong _run;
    private int _proposed;
    private int _ejected;
    private int _checkPassed;

    /// <summary>Whether it is ejected. Any thread.</summary>
    public bool IsEjected => Volatile.Read(ref _ejected) != 0;

    /// <summary>Whether it waits for a decision. Any thread.</summary>
    public bool IsProposed => Volatile.Read(ref _proposed) != 0;

    /// <summary>Its ejections so far. The detector's thread.</summary>
    public Ejection Ejection { get; private set; }

    /// <summary>Whether the operator was told that the server is kept though it should be ejected.</summary>
    internal bool IsKeptKnown { get; set; }

    /// <summary>Whether a check passed since it was ejected.</summary>
    internal bool HasPassedCheck => Volatile.Read(ref _checkPassed) != 0;

    /// <summary>Counts a request. Any thread; O(1), no lock, nothing allocated.</summary>
    /// <param name="outcome">What it says of the server.</param>
    /// <param name="clientKey">A hash of who asked, such as of the client's address; equal for the same client on all
    /// workers.</param>
    /// <param name="nowMs">Milliseconds of a monotonic clock; workers may differ by seconds.</param>
    /// <param name="consecutiveFailures">The pool's <see cref="Configuration.OutlierDetectionConfig.ConsecutiveFailures"/>.</param>
    /// <returns>Whether the detector should now look at the server; true once, until it has decided.</returns>
    public bool Report(ServerOutcome outcome, uint clientKey, long nowMs, int consecutiveFailures)
    {
        switch (outcome)
        {
            case ServerOutcome.None:
                return false;
            case ServerOutcome.Success:
                EndRun();
                _window.AddSuccess(nowMs);
                return false;
            case ServerOutcome.ConnectFailure:
            case ServerOutcome.GatewayFailure:
                AddToRun(outcome, clientKey);
                _window.AddFailure(nowMs, clientKey);
                return !IsProposed && !IsEjected && Evidence(nowMs).IsEnough(consecutiveFailures)
                    && Interlocked.Exchange(ref _proposed, 1) == 0;
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome));
        }
    }

    /// <summary>An active check of the server passed: if it is ejected, it may come back at once. Any thread.</summary>
    /// <returns>Whether the detector should now look at the server.</returns>
    public bool CheckPassed() => IsEjected && Interlocked.Exchange(ref _checkPassed, 1) == 0;

    /// <summary>What there is against it. Any thread; O(1).</summary>
    public OutlierEvidence Evidence(long nowMs)
    {
        var run = new FailureRun(Volatile.Read(ref _run));
        (long total, long failures, bool fromSeveral) = _window.Read(nowMs);
        return new OutlierEvidence(run.ConnectFailures, run.GatewayFailures, run.FromSeveral, total, failures, fromSeveral);
    }

    /// <summary>Ejects it.</summary>
    internal void Eject(Ejection ejection)
    {
        Ejection = ejection;
        Volatile.Write(ref _checkPassed, 0);
        Volatile.Write(ref _ejected, 1);
        Settle();
    }

    /// <summary>Takes it back, as if nothing had been counted.</summary>
    internal void Return(long nowMs)
    {
        Ejection = Ejection.EndedAt(Math.Min(nowMs, Ejection.UntilMs));
        Volatile.Write(ref _ejected, 0);
        Forget();
    }

    /// <summary>Begins all counts anew, and ends the proposal.</summary>
    internal void Forget()
    {
        EndRun();
        _window.Clear();
        Settle();
    }

    /// <summary>Ends the proposal; the next failure may make another.</summary>
    internal void Settle()
    {
        IsKeptKnown = false;
        Volatile.Write(ref _proposed, 0);
    }

    // Most successes follow a success: then nothing is written that all workers share.
    private void EndRun()
    {
        if (Volatile.Read(ref _run) != 0)
        {
            Volatile.Write(ref _run, 0);
        }
    }

    private void AddToRun(ServerOutcome outcome, uint clientKey)
    {
        while (true)
        {
            ulong seen = Volatile.Read(ref _run);
            if (Interlocked.CompareExchange(ref _run, new FailureRun(seen).With(outcome, clientKey).Word, seen) == seen)
            {
                return;
            }
        }
    }
}
