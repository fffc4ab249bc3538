namespace Atlas.Engine.Tls;

/// <summary>What TLS was to be set up with is not usable. The message says what is wrong with which part, and what to do.
/// Nothing that a peer does throws it.</summary>
public sealed class TlsException(string message) : Exception(message);
