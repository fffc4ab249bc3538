namespace Atlas.Core.Health;

/// <summary>
/// What the checks of a server have come to. Immutable: <see cref="After"/> gives the state after one more probe.
/// <code>
///   health    outcome    when                             becomes
///   Unknown   passed                                      Up
///   Unknown   failed     the server is new                Down
///   Unknown   failed     known before, fall in a row      Down
///   Up        failed     fall in a row                    Down
///   Down      passed     rise in a row                    Up
///   any       passed     else                             the same, failures forgotten
///   any       failed     else                             the same, passes forgotten
///   any       cancelled                                   the same, nothing forgotten
/// </code>
/// Each change of health begins both counts at 0. A new server goes down by its first failure since nobody relies on it yet;
/// one that served before a reload keeps what a server that is up has: the benefit of the doubt.
/// </summary>
public readonly record struct CheckState
{
    private CheckState(ServerHealth health, bool isKnown, int passes, int fails)
    {
        Health = health;
        IsKnown = isKnown;
        Passes = passes;
        Fails = fails;
    }

    /// <summary>Before the first probe of a server that nothing is known of.</summary>
    public static CheckState New { get; }

    /// <summary>Before the first probe of a server that served already when the check was configured.</summary>
    public static CheckState Known { get; } = new(ServerHealth.Unknown, isKnown: true, 0, 0);

    /// <summary>What is found so far.</summary>
    public ServerHealth Health { get; }

    /// <summary>Whether the server served before its check began.</summary>
    public bool IsKnown { get; }

    /// <summary>Passes in a row since the health changed; counted while down, else 0.</summary>
    public int Passes { get; }

    /// <summary>Failures in a row since the health changed.</summary>
    public int Fails { get; }

    /// <summary>Whether the next probes may change the health, or give it its first value: they should come soon.</summary>
    public bool IsInTransition => Health switch
    {
        ServerHealth.Unknown => true,
        ServerHealth.Up => Fails > 0,
        ServerHealth.Down => Passes > 0,
        _ => throw new InvalidOperationException("unknown health"),
    };

    /// <summary>The state after a probe.</summary>
    /// <param name="outcome">How it ended.</param>
    /// <param name="rise">Passes in a row that bring a server up, at least 1.</param>
    /// <param name="fall">Failures in a row that take it down, at least 1.</param>
    public CheckState After(ProbeOutcome outcome, int rise, int fall) => outcome switch
    {
        ProbeOutcome.Passed => Pass(rise),
        ProbeOutcome.Failed => Fail(fall),
        ProbeOutcome.Cancelled => this,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };

    private CheckState Pass(int rise) => Health switch
    {
        ServerHealth.Unknown => At(ServerHealth.Up),
        ServerHealth.Up => At(ServerHealth.Up),
        ServerHealth.Down when Passes + 1 >= rise => At(ServerHealth.Up),
        ServerHealth.Down => new CheckState(Health, IsKnown, Passes + 1, 0),
        _ => throw new InvalidOperationException("unknown health"),
    };

    private CheckState Fail(int fall)
    {
        bool isLast = Health switch
        {
            ServerHealth.Unknown => !IsKnown || Fails + 1 >= fall,
            ServerHealth.Up => Fails + 1 >= fall,
            ServerHealth.Down => false,
            _ => throw new InvalidOperationException("unknown health"),
        };
        return isLast ? At(ServerHealth.Down) : new CheckState(Health, IsKnown, 0, Fails + 1);
    }

    private CheckState At(ServerHealth health) => new(health, IsKnown, 0, 0);
}
