using Atlas.Control.Configuration;
using Atlas.Control.Tls;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.Tls;

/// <summary>A watch with a clock that the test moves, over the files of a <see cref="TestPki"/>.</summary>
internal sealed class WatchUnderTest : IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly TestPki _pki;
    private readonly Lock _gate = new();

    public WatchUnderTest(TestPki pki)
    {
        _pki = pki;
        Watch = new CertificateWatch(new CertificateWatchOptions
        {
            Gate = _gate,
            Take = material =>
            {
                _gate.IsHeldByCurrentThread.ShouldBeTrue();
                if (Refusal is not null)
                {
                    throw new InvalidOperationException(Refusal);
                }

                Taken.Add(material);
            },
            Tell = change => Events.Add(change),
            Say = Notes.Add,
            Time = Time,
            Interval = Interval,
        });
    }

    public FakeTimeProvider Time { get; } = new(IssueOptions.Now);

    public CertificateWatch Watch { get; }

    public List<TlsMaterial> Taken { get; } = [];

    public List<CertificateEvent> Events { get; } = [];

    public List<string> Notes { get; } = [];

    /// <summary>Why nothing is taken; null: it is.</summary>
    public string? Refusal { get; set; }

    public string[] Texts => [.. Events.Select(change => change.ToString().Replace(_pki.Folder + "/", "FOLDER/", StringComparison.Ordinal))];

    /// <summary>The fingerprints in force.</summary>
    public string[] Fingerprints => [.. Watch.Certificates.Select(one => one.Material.Fingerprint)];

    public static string Yaml(string tls, string more = "") =>
        $"listeners:\n  l: {{ bind: 127.0.0.1:1, pool: p, tls: {tls} }}\npools: {{ p: {{ servers: [127.0.0.1:9]{more} }} }}\n";

    /// <summary>Puts a configuration into force.</summary>
    public TlsLoading Apply(string tls, string more = "") => ApplyYaml(Yaml(tls, more));

    /// <summary>The same with a whole file.</summary>
    public TlsLoading ApplyYaml(string yaml)
    {
        AtlasConfig config = ConfigLoader.Parse(yaml, _pki.ConfigFile).Config.ShouldNotBeNull();
        var prepared = Watch.Prepare(config);
        if (prepared.Loading.Material is not null)
        {
            lock (_gate)
            {
                Watch.Apply(config, prepared);
            }
        }

        return prepared.Loading;
    }

    /// <summary>Lets it look at the files.</summary>
    public void Look() => Time.Advance(Interval);

    public void Dispose() => Watch.Dispose();
}
