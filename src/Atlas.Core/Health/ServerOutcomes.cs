namespace Atlas.Core.Health;

/// <summary>What statuses say of a server.</summary>
public static class ServerOutcomes
{
    /// <summary>What a server's final status says of it. A 500 is no failure here: it is as often the request's doing, and one
    /// bad request must not take servers out.</summary>
    /// <param name="status">From 200 to 599.</param>
    public static ServerOutcome OfStatus(int status) =>
        status is >= 502 and <= 504 ? ServerOutcome.GatewayFailure : ServerOutcome.Success;

    /// <summary>Whether it counts against the server.</summary>
    public static bool IsFailure(this ServerOutcome outcome) =>
        outcome is ServerOutcome.ConnectFailure or ServerOutcome.GatewayFailure;
}
