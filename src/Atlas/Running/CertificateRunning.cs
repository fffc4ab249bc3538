using Atlas.Control.Tls;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Running;

/// <summary>Ties the watch over the files of TLS to an instance.</summary>
internal static class CertificateRunning
{
    /// <summary>A watch that tells what happens to whoever listens.</summary>
    /// <param name="gate">The lock under which configurations come into force.</param>
    /// <param name="take">Has handshakes from now on go by changed files, under the lock; what it throws, the operator is told.</param>
    /// <param name="news">Takes what happens.</param>
    internal static CertificateWatch Create(Lock gate, Action<TlsMaterial> take, InstanceNews news) =>
        new(new CertificateWatchOptions { Gate = gate, Take = take, Tell = news.Tell, Say = news.Say });

    /// <summary>Reads the files that a configuration names, before it comes into force.</summary>
    /// <exception cref="IOException">Some cannot be used, a line for each.</exception>
    internal static TlsPreparation Read(CertificateWatch watch, AtlasConfig config)
    {
        TlsPreparation prepared = watch.Prepare(config);
        TlsLoading loading = prepared.Loading;
        return loading.Material is not null ? prepared : throw new IOException(string.Join('\n', loading.Errors.Concat(loading.Missing)));
    }
}
