namespace Atlas.Admin.Reports;

/// <summary>A server that the configuration has no more, but that requests are left at.</summary>
/// <param name="Pool">The pool that it was in.</param>
/// <param name="Server">Its name there.</param>
/// <param name="Requests">Requests and tunnels under way.</param>
public sealed record LeavingReport(string Pool, string Server, int Requests);
