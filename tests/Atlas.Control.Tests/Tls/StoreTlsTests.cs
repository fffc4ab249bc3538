using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

/// <summary>Files of TLS towards stores are watched as those of pools are.</summary>
public sealed class StoreTlsTests : IDisposable
{
    private const string Tls = "tls: { ca: ca.pem, cert: a.pem, key: a.key }";

    private const string Yaml =
        "listeners: { l: { bind: 127.0.0.1:1, pool: p } }\n"
        + $"pools: {{ p: {{ servers: [127.0.0.1:9], {Tls} }} }}\n"
        + $"stores: {{ s: {{ type: redis, url: rediss://127.0.0.1:6379/0, {Tls} }} }}\n";

    private readonly TestPki _pki = new();
    private readonly WatchUnderTest _watch;

    public StoreTlsTests()
    {
        _watch = new WatchUnderTest(_pki);
        _pki.Write("ca.pem", TestPki.Authority("CN=One").CertPem);
        _pki.WritePair("a", "a.example");
        _watch.ApplyYaml(Yaml);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _pki.Dispose();
    }

    [Fact]
    public void Watch_StoreWithTls_HasItsFilesInForce()
    {
        TlsOwner[] owners = [new TlsOwner(TlsOwnerKind.Pool, "p"), new TlsOwner(TlsOwnerKind.Store, "s")];

        _watch.Watch.Certificates.Select(one => one.Owner).ShouldBe(owners);
        _watch.Watch.Authorities.Select(one => one.Owner).ShouldBe(owners);
    }

    [Fact]
    public void Look_FilesRenewed_SaysSoOfPoolAndStore()
    {
        _pki.Write("ca.pem", TestPki.Authority("CN=Two").CertPem);
        _pki.WritePair("a", "a.example");

        _watch.Look();

        _watch.Texts.ShouldBe(
            [
                "pool p and store s: certificate a.example (a.pem) renewed, valid until 2026-08-30 12:00 UTC",
                "pool p and store s: authorities of ca.pem changed: CN=Two",
            ],
            ignoreOrder: true);
        _watch.Taken.ShouldHaveSingleItem();
    }

    [Fact]
    public void Look_NearTheEnd_WarnsOfWhatAStoreIsShown()
    {
        _watch.ApplyYaml(Yaml.Replace($", {Tls} }} }}\nstores", " } }\nstores", StringComparison.Ordinal));
        _watch.Events.Clear();

        _watch.Time.Advance(TimeSpan.FromDays(83));
        _watch.Look();

        _watch.Texts.ShouldContain("store s: certificate a.example (a.pem) expires in 7 days, on 2026-08-30 12:00 UTC: renew it");
        _watch.Texts.ShouldContain("store s: authorities of ca.pem: CN=One expires in 7 days, on 2026-08-30 12:00 UTC: renew it");
    }
}
