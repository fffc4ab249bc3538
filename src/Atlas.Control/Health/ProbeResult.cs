using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>What a probe found.</summary>
/// <param name="Outcome">Whether it is as expected; cancelled: it could not be found out, for reasons of this machine.</param>
/// <param name="Detail">What was found, a few words without anything that the server sent but its status: <c>http 200</c>;
/// <c>http 503, expected 200-399</c>; <c>connect refused</c>; <c>timeout after 2s</c>.</param>
public readonly record struct ProbeResult(ProbeOutcome Outcome, string Detail)
{
    /// <summary>Whether it is as expected.</summary>
    public bool Passed => Outcome == ProbeOutcome.Passed;

    /// <summary>Whether the server gave no answer at all: there was no connection, or silence until the time was over.</summary>
    public bool IsUnreachable { get; init; }

    internal static ProbeResult Good(string detail) => new(ProbeOutcome.Passed, detail);

    internal static ProbeResult Bad(string detail) => new(ProbeOutcome.Failed, detail);

    internal static ProbeResult Unreachable(string detail) => new(ProbeOutcome.Failed, detail) { IsUnreachable = true };

    internal static ProbeResult None(string detail) => new(ProbeOutcome.Cancelled, detail);
}
