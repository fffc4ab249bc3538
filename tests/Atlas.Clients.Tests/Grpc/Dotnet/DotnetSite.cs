using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Atlas.Clients.Tests.Grpc.Dotnet;

/// <summary>Atlas before a server of Grpc.AspNetCore.</summary>
public sealed class DotnetSite : IAsyncLifetime
{
    public DotnetServer Server { get; private set; } = null!;

    public Site Site { get; private set; } = null!;

    public InteropCases Cases { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await DotnetServer.StartAsync();
        Site = await Site.StartAsync([Server.Address], "http2");
        Cases = new InteropCases(Site);
    }

    /// <summary>A channel of Grpc.Net.Client to Atlas, which trusts the site's authority alone.</summary>
    public GrpcChannel Channel(bool tls)
    {
        var handler = new SocketsHttpHandler();
        if (tls)
        {
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            trust.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(Site.Ca));
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust };
        }

        return GrpcChannel.ForAddress(Site.Url(tls), new GrpcChannelOptions
        {
            HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        await Server.DisposeAsync();
    }
}
