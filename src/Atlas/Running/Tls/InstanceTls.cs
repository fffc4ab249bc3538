using Atlas.Control.Tls;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;
using Atlas.Core.Tls;

namespace Atlas.Running.Tls;

/// <summary>The TLS of an instance: the watch over its files, the keys of tickets, and what handshakes go by.</summary>
internal sealed class InstanceTls : IDisposable
{
    private readonly TlsTickets _tickets = new(TimeProvider.System);
    private readonly Action _changed;
    private AtlasConfig? _config;

    /// <summary>That of an instance before its first configuration.</summary>
    /// <param name="gate">The lock under which configurations come into force.</param>
    /// <param name="changed">Has handshakes from now on go by <see cref="Contexts"/>, since files have changed; under the lock.</param>
    /// <param name="news">Takes what happens.</param>
    internal InstanceTls(Lock gate, Action changed, InstanceNews news)
    {
        _changed = changed;
        Handshakes = new HandshakeLines(news.Say, TimeProvider.System);
        Certificates = new CertificateWatch(new CertificateWatchOptions
        {
            Gate = gate, Take = Take, Tell = news.Tell, Say = news.Say,
        });
    }

    /// <summary>The certificates in force.</summary>
    internal CertificateWatch Certificates { get; }

    /// <summary>Says which clients fail handshakes.</summary>
    internal HandshakeLines Handshakes { get; }

    /// <summary>What handshakes go by.</summary>
    internal TlsContexts Contexts { get; private set; } = TlsContexts.None;

    /// <summary>Reads the files that a configuration names, and makes what handshakes go by, before it comes into force.</summary>
    /// <exception cref="IOException">Some cannot be used, a line for each.</exception>
    internal PreparedTls Prepare(AtlasConfig config)
    {
        TlsPreparation files = Certificates.Prepare(config);
        return files.Loading.Material is { } material
            ? new PreparedTls(files, Contexts.Next(config, material, _tickets.Ring))
            : throw new IOException(string.Join('\n', files.Loading.Errors.Concat(files.Loading.Missing)));
    }

    /// <summary>Goes by a configuration that came into force. Under the lock.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="prepared">What <see cref="Prepare"/> made of it.</param>
    /// <param name="cluster">The secret of the nodes; null: there is none.</param>
    internal void Apply(AtlasConfig config, PreparedTls prepared, ClusterSecret? cluster)
    {
        _config = config;
        _tickets.Use(cluster);
        Contexts = prepared.Contexts;
        Certificates.Apply(config, prepared.Files);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Certificates.Dispose();
        Handshakes.Dispose();
        _tickets.Dispose();
    }

    private void Take(TlsMaterial material)
    {
        Contexts = Contexts.Next(_config!, material, _tickets.Ring);
        _changed();
    }
}
