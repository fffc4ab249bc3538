namespace Atlas.Core.Health;

/// <summary>
/// All that decides whether a server is used, and what follows from it. The operator's wish is apart from what is found:
/// neither changes the other, and where both speak the stricter holds.
/// <code>
///   admin        health       ejected   new   sticky  panic  probed
///   Ready        Up, Unknown  no        yes   yes     yes    yes
///   Ready        Up, Unknown  yes       no    no      yes    yes
///   Ready        Down         either    no    no      yes    yes
///   Drain        Up, Unknown  no        no    yes     no     yes
///   Drain        Up, Unknown  yes       no    no      no     yes
///   Drain        Down         either    no    no      no     yes
///   Maintenance  any          either    no    no      no     no
/// </code>
/// A server whose health is not known yet is used: else a start without answers to probes would be an outage. In panic, servers
/// that give their checks no answer stand behind the others (<see cref="Balancing.Roster"/>).
/// </summary>
/// <param name="Admin">What the operator wants.</param>
/// <param name="Health">What active checks found; without checks <see cref="ServerHealth.Unknown"/>.</param>
/// <param name="IsEjected">Whether it is ejected for what it did to real requests.</param>
public readonly record struct ServerStatus(AdminState Admin, ServerHealth Health, bool IsEjected)
{
    /// <summary>Whether requests of clients that no server is bound to may go to it.</summary>
    public bool TakesNew => Admin == AdminState.Ready && IsSound;

    /// <summary>Whether requests of clients that stick to it may still go to it.</summary>
    public bool TakesSticky => Admin != AdminState.Maintenance && IsSound;

    /// <summary>Whether it takes requests, new and sticky, while so few servers are sound that health is ignored: panic never
    /// overrules the operator.</summary>
    public bool TakesInPanic => Admin == AdminState.Ready;

    /// <summary>Whether active checks go on.</summary>
    public bool IsProbed => Admin != AdminState.Maintenance;

    private bool IsSound => Health != ServerHealth.Down && !IsEjected;
}
