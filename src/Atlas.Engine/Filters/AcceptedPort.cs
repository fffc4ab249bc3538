namespace Atlas.Engine.Filters;

/// <summary>A port at which packets to leased addresses are taken.</summary>
/// <param name="IsUdp">Whether of UDP; else of TCP.</param>
/// <param name="Port">1 to 65535.</param>
/// <param name="TimeoutMs">For how long, in milliseconds; 0: as long as the lease.</param>
public readonly record struct AcceptedPort(bool IsUdp, int Port, int TimeoutMs = 0);
