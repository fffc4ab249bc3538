namespace Atlas.Core.Health;

/// <summary>What a real request says of the server that it went to.</summary>
public enum ServerOutcome
{
    /// <summary>Nothing: the client gave up (499), or the proxy refused the request itself.</summary>
    None,

    /// <summary>The server answered, with whatever status but those below.</summary>
    Success,

    /// <summary>No connection could be made to it.</summary>
    ConnectFailure,

    /// <summary>It answered 502, 503 or 504, or the proxy had to because the server broke off, said nothing in time or
    /// nothing that is HTTP.</summary>
    GatewayFailure,
}
