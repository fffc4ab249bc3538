namespace Atlas.Admin.Reports;

/// <summary>What is left at a server that takes no new clients.</summary>
/// <param name="Requests">Requests under way, and requests that wait for it.</param>
/// <param name="Tunnels">Connections such as WebSockets, which last as long as client and server like.</param>
public sealed record RemainingReport(int Requests, int Tunnels);
