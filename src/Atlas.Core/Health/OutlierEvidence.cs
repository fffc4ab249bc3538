using System.Globalization;

namespace Atlas.Core.Health;

/// <summary>What real requests have against a server at a moment.</summary>
/// <param name="ConnectFailures">Connect failures among the failures in a row.</param>
/// <param name="GatewayFailures">Gateway failures among the failures in a row.</param>
/// <param name="RunFromSeveral">Whether more than one client met those in a row.</param>
/// <param name="Total">Requests in the window.</param>
/// <param name="Failures">Failures in the window.</param>
/// <param name="WindowFromSeveral">Whether more than one client met those in the window.</param>
public readonly record struct OutlierEvidence(
    int ConnectFailures, int GatewayFailures, bool RunFromSeveral, long Total, long Failures, bool WindowFromSeveral)
{
    /// <summary>Requests that the window must hold before their share says anything.</summary>
    public const int MinRequests = 20;

    /// <summary>The seconds that the window covers, the present one included.</summary>
    public const int WindowSeconds = OutcomeWindow.CellCount;

    /// <summary>Failures in a row, of both kinds.</summary>
    public int InARow => ConnectFailures + GatewayFailures;

    /// <summary>Whether it is enough to eject the server: so many failures in a row, or half of at least
    /// <see cref="MinRequests"/> in the window. Either must come from more than one client, so that nobody can take servers
    /// out by requests that fail.</summary>
    /// <param name="consecutiveFailures">The failures in a row that are enough, at least 1.</param>
    public bool IsEnough(int consecutiveFailures) => IsRun(consecutiveFailures) || IsShare;

    /// <summary>Whether it would be enough, had more than one client met the failures.</summary>
    /// <param name="consecutiveFailures">As for <see cref="IsEnough"/>.</param>
    public bool IsOfOneClient(int consecutiveFailures) =>
        !IsEnough(consecutiveFailures) && (this with { RunFromSeveral = true, WindowFromSeveral = true }).IsEnough(consecutiveFailures);

    /// <summary>What <see cref="IsOfOneClient"/> is in words: <c>12 failures in a row, from one client only: not ejected</c>.</summary>
    /// <param name="consecutiveFailures">As for <see cref="IsEnough"/>.</param>
    public string DescribeOneClient(int consecutiveFailures) => InARow >= consecutiveFailures && !RunFromSeveral
        ? string.Create(CultureInfo.InvariantCulture, $"{InARow} failures in a row, from one client only: not ejected")
        : string.Create(
            CultureInfo.InvariantCulture, $"{Failures} of {Total} requests failed in {WindowSeconds}s, of one client only: not ejected");

    /// <summary>It in words: <c>5 failures in a row (2 to connect)</c>; <c>12 of 20 requests failed in 10s</c>.</summary>
    /// <param name="consecutiveFailures">As for <see cref="IsEnough"/>.</param>
    public string Describe(int consecutiveFailures) => IsRun(consecutiveFailures) || !IsShare
        ? string.Create(CultureInfo.InvariantCulture, $"{InARow} failures in a row ({ConnectFailures} to connect)")
        : string.Create(CultureInfo.InvariantCulture, $"{Failures} of {Total} requests failed in {WindowSeconds}s");

    private bool IsShare => WindowFromSeveral && Total >= MinRequests && Failures * 2 >= Total;

    private bool IsRun(int consecutiveFailures) => RunFromSeveral && InARow >= consecutiveFailures;
}
