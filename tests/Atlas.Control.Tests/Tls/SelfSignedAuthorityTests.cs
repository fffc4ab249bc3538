using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Atlas.Control.Tls;

namespace Atlas.Control.Tests.Tls;

public sealed class SelfSignedAuthorityTests : IDisposable
{
    private readonly TestPki _pki = new();

    public void Dispose() => _pki.Dispose();

    [Fact]
    public void Create_Files_PassEveryCheck()
    {
        var made = SelfSignedAuthority.Create(IssueOptions.Now);
        _pki.Write("a.pem", made.ChainPem);
        _pki.Write("a.key", made.KeyPem);
        _pki.Write("ca.pem", made.AuthorityPem);

        var loading = _pki.LoadListener("{ certificates: [{ cert: a.pem, key: a.key }], client_ca: ca.pem }");

        loading.Errors.ShouldBeEmpty();
        loading.Warnings.ShouldBeEmpty();
        loading.Ending.ShouldBeEmpty();
        loading.Notes.ShouldBeEmpty();
        var material = loading.Material!.Listeners[0].Certificates[0];
        material.Names.ShouldBe(["localhost", "127.0.0.1", "::1"]);
        (material.NotAfterUnixSeconds - IssueOptions.Now.ToUnixTimeSeconds()).ShouldBe((long)SelfSignedAuthority.Lifetime.TotalSeconds);
    }

    [Fact]
    public void Create_Twice_HasNothingInCommon() =>
        SelfSignedAuthority.Create(IssueOptions.Now).AuthorityPem.ShouldNotBe(SelfSignedAuthority.Create(IssueOptions.Now).AuthorityPem);

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("example.com", false)]
    public async Task Certificate_ForAClientThatTrustsTheAuthority_IsGoodForThisMachineAlone(string name, bool isGood)
    {
        var made = SelfSignedAuthority.Create(DateTimeOffset.UtcNow);
        using var own = X509Certificate2.CreateFromPem(made.ChainPem, made.KeyPem);
        using var authority = X509Certificate2.CreateFromPem(made.AuthorityPem);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = ServeAsync(listener, own, authority);
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        await using var stream = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);

        var failure = await Record.ExceptionAsync(() =>
            stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = policy }));

        (failure is null).ShouldBe(isGood, failure?.ToString());
        client.Close();
        await Record.ExceptionAsync(() => serving);
    }

    private static async Task ServeAsync(TcpListener listener, X509Certificate2 own, X509Certificate2 authority)
    {
        using var socket = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, [authority], offline: true),
        });
        (await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false)).ShouldBe(0);
    }
}
