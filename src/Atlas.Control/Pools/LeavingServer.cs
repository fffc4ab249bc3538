namespace Atlas.Control.Pools;

/// <summary>A server that the configuration has no more, but that requests are left at.</summary>
/// <param name="Pool">The pool that it was in.</param>
/// <param name="Server">Its name there.</param>
/// <param name="Requests">How many are left.</param>
public sealed record LeavingServer(string Pool, string Server, int Requests);
