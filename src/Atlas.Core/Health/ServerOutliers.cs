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
    /// <summary>Milliseconds after which it is said again that a server which fails for one client is not ejected.</summary>
    public const int OneClientQuietMs = 60_000;

    /// <summary>Milliseconds after which it is said again that a server is kept which should be ejected.</summary>
    public const int KeptQuietMs = 60_000;

    private const int CellMs = 1_000;

    private readonly OutcomeWindow _window = new(CellMs);
    private ulong _run;
    private int _proposed;
    private int _ejected;
    private int _checkPassed;
    private string? _ejectedFor;
    private long _ejectedUntilMs;
    private string? _keptFor;
    private long _keptQuietUntilMs = long.MinValue;
    private long _oneClientQuietUntilMs;
    private int _oneClient;

    /// <summary>Whether it is ejected. Any thread.</summary>
    public bool IsEjected => Volatile.Read(ref _ejected) != 0;

    /// <summary>Whether it waits for a decision. Any thread.</summary>
    public bool IsProposed => Volatile.Read(ref _proposed) != 0;

    /// <summary>Its ejections so far. The detector's thread.</summary>
    public Ejection Ejection { get; private set; }

    /// <summary>Why it is ejected, in words; null: it is not. Any thread.</summary>
    public string? EjectedFor => Volatile.Read(ref _ejectedFor);

    /// <summary>When its ejection ends, by the clock of <see cref="Report"/>; of no meaning where <see cref="EjectedFor"/> is null. Any
    /// thread.</summary>
    public long EjectedUntilMs => Volatile.Read(ref _ejectedUntilMs);

    /// <summary>Why it is kept though it should be ejected, in words; null: it should not. Any thread.</summary>
    public string? KeptFor
    {
        get => Volatile.Read(ref _keptFor);
        internal set => Volatile.Write(ref _keptFor, value);
    }

    /// <summary>Whether a check passed since it was ejected.</summary>
    internal bool HasPassedCheck => Volatile.Read(ref _checkPassed) != 0;

    /// <summary>Counts a request. Any thread; O(1), no lock, nothing allocated.</summary>
    /// <param name="outcome">What it says of the server.</param>
    /// <param name="clientKey">A hash of who asked, such as of the client's address; equal for the same client on all
    /// workers.</param>
    /// <param name="nowMs">Milliseconds of a monotonic clock; workers may differ by seconds.</param>
    /// <param name="consecutiveFailures">The pool's <see cref="Configuration.OutlierDetectionConfig.ConsecutiveFailures"/>.</param>
    /// <returns>Whether the detector should now look at the server; true once, until it has decided. Of failures that one client
    /// alone met, once in <see cref="OneClientQuietMs"/>.</returns>
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
                return !IsProposed && !IsEjected && IsToBeLookedAt(Evidence(nowMs), nowMs, consecutiveFailures);
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

    /// <summary>Whether it fails for one client, and the operator was not told of late; true once.</summary>
    internal bool TakeOneClient() => Interlocked.Exchange(ref _oneClient, 0) != 0;

    /// <summary>Whether it is time to tell the operator that it is kept; true once in <see cref="KeptQuietMs"/>.</summary>
    internal bool TakeKept(long nowMs)
    {
        bool isTime = nowMs >= _keptQuietUntilMs;
        _keptQuietUntilMs = isTime ? nowMs + KeptQuietMs : _keptQuietUntilMs;
        return isTime;
    }

    /// <summary>Ejects it.</summary>
    internal void Eject(Ejection ejection, string reason)
    {
        Ejection = ejection;
        Volatile.Write(ref _ejectedUntilMs, ejection.UntilMs);
        Volatile.Write(ref _ejectedFor, reason);
        Volatile.Write(ref _checkPassed, 0);
        Volatile.Write(ref _ejected, 1);
        Settle();
    }

    /// <summary>Takes it back, as if nothing had been counted.</summary>
    internal void Return(long nowMs)
    {
        Ejection = Ejection.EndedAt(Math.Min(nowMs, Ejection.UntilMs));
        Volatile.Write(ref _ejected, 0);
        Volatile.Write(ref _ejectedFor, null);
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
        KeptFor = null;
        Volatile.Write(ref _proposed, 0);
    }

    private bool IsToBeLookedAt(OutlierEvidence evidence, long nowMs, int consecutiveFailures)
    {
        if (evidence.IsEnough(consecutiveFailures))
        {
            return Interlocked.Exchange(ref _proposed, 1) == 0;
        }

        long quietUntilMs = Volatile.Read(ref _oneClientQuietUntilMs);
        if (nowMs < quietUntilMs || !evidence.IsOfOneClient(consecutiveFailures)
            || Interlocked.CompareExchange(ref _oneClientQuietUntilMs, nowMs + OneClientQuietMs, quietUntilMs) != quietUntilMs)
        {
            return false;
        }

        Volatile.Write(ref _oneClient, 1);
        return true;
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
