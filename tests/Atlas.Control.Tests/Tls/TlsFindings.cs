namespace Atlas.Control.Tests.Tls;

/// <summary>What is said of files that are not as they should be.</summary>
public abstract class TlsFindings : IDisposable
{
    private protected const string Pair = "{ certificates: [{ cert: a.pem, key: a.key }] }";
    private protected const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private protected TestPki Pki { get; } = new();

    public void Dispose() => Pki.Dispose();

    private protected void Error(string tls, params string[] expected)
    {
        var loading = Pki.LoadListener(tls);

        Pki.Texts(loading.Errors).ShouldBe(expected);
        loading.Missing.ShouldBeEmpty();
        loading.Material.ShouldBeNull();
    }

    private protected void Warning(string tls, params string[] expected)
    {
        var loading = Pki.LoadListener(tls);

        loading.Errors.ShouldBeEmpty();
        Pki.Texts(loading.Warnings).ShouldBe(expected);
        loading.Material.ShouldNotBeNull();
    }
}
