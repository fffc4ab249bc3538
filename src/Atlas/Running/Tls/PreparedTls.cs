using Atlas.Control.Tls;

namespace Atlas.Running.Tls;

/// <summary>The TLS of a configuration that is about to come into force.</summary>
/// <param name="Files">What was read of its files.</param>
/// <param name="Contexts">What handshakes are to go by.</param>
internal sealed record PreparedTls(TlsPreparation Files, TlsContexts Contexts);
