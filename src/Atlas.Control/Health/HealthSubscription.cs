using System.Globalization;
using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>One server of one pool that hears what a prober finds. Told by its prober only, one call at a time; read on any
/// thread.</summary>
internal sealed class HealthSubscription
{
    private volatile CheckedServer _server;
    private readonly ServerProber _prober;
    private readonly HealthOptions _options;
    private readonly HealthReport _before;
    private HealthReport _atStart = new();
    private Moment _since;
    private int _health;
    private volatile bool _isPaused;

    /// <summary>A subscription that hears nothing yet.</summary>
    /// <param name="server">Whose.</param>
    /// <param name="prober">What it hears from.</param>
    /// <param name="before">What another check found and counted of the same server; null: nothing.</param>
    /// <param name="options">The rest.</param>
    internal HealthSubscription(CheckedServer server, ServerProber prober, HealthReport? before, HealthOptions options)
    {
        _server = server;
        _prober = prober;
        _options = options;
        _before = before ?? new HealthReport();
        _since = Moment.Now(options.Time);
    }

    internal ProbeTarget Target => _server.Target;

    /// <summary>What was told of the server.</summary>
    internal ServerHealth Health => (ServerHealth)Volatile.Read(ref _health);

    /// <summary>Whether its pool has no server to spare.</summary>
    internal bool IsMissed => !IsPaused && _server.IsMissed();

    /// <summary>Whether the first probe has yet to end.</summary>
    internal bool IsPending => _prober.Report.Last is null && !IsPaused && _prober.Hears(this);

    /// <summary>Whether it wants to hear nothing for now. Any thread.</summary>
    internal bool IsPaused
    {
        get => _isPaused;
        set
        {
            _isPaused = value;
            _prober.Wake();
        }
    }

    /// <summary>Has it be probed at once.</summary>
    internal void Hurry() => _prober.Hurry();

    /// <summary>What is known of the server. It counts on from what another check of it counted.</summary>
    internal HealthReport Report
    {
        get
        {
            HealthReport report = _prober.Report;
            return report with
            {
                Passed = _before.Passed + report.Passed - _atStart.Passed,
                Failed = _before.Failed + report.Failed - _atStart.Failed,
            };
        }
    }

    /// <summary>Goes on for the server of a newer configuration, whose check is the same. Any thread.</summary>
    internal void GoOnFor(CheckedServer server) => _server = server;

    /// <summary>Begins to hear. What the prober knows already holds at once.</summary>
    internal void Begin(HealthReport report)
    {
        _atStart = report;
        if (report.Last is LastProbe last && report.Health != ServerHealth.Unknown)
        {
            _server.FoundUnreachable(last.Result.IsUnreachable);
            string detail = $"as found for another server at its address: {last.Result.Detail}";
            Turn(report.Health, detail, Moment.Now(_options.Time));
        }
    }

    /// <summary>Ends to hear.</summary>
    internal void End() => _prober.Remove(this);

    /// <summary>A probe ended.</summary>
    /// <param name="health">What the server's health is now.</param>
    /// <param name="checks">How many probes in a row decided it, if it changed.</param>
    /// <param name="result">What the probe found.</param>
    /// <param name="now">When it ended.</param>
    internal void Hear(ServerHealth health, int checks, ProbeResult result, Moment now)
    {
        if (IsPaused)
        {
            return;
        }

        if (result.Passed)
        {
            _server.Passed();
        }

        _server.FoundUnreachable(result.IsUnreachable);
        if (health != Health)
        {
            string how = health == ServerHealth.Up ? "passed" : "failed";
            string noun = checks == 1 ? "check" : "checks";
            Turn(health, string.Create(CultureInfo.InvariantCulture, $"after {checks} {how} {noun}: {result.Detail}"), now);
        }
    }

    private void Turn(ServerHealth health, string detail, Moment now)
    {
        ServerHealth from = Health;
        Moment since = _since;
        _since = now;
        Volatile.Write(ref _health, (int)health);
        _server.TurnTo(health == ServerHealth.Up, () => _options.Tell(
            new HealthEvent(
                Target.Pool,
                Target.Server,
                from.ToEventState(),
                health.ToEventState(),
                HealthEventReason.HealthCheck,
                detail),
            since,
            now));
    }
}
