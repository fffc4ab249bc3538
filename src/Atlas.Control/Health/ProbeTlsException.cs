namespace Atlas.Control.Health;

/// <summary>A probe's handshake failed. The message says it as reports do, and quotes nothing that the server sent.</summary>
internal sealed class ProbeTlsException(string message) : Exception(message);
