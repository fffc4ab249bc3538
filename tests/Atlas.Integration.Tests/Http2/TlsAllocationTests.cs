using System.Net;
using System.Net.Http;
using System.Net.Security;
using Atlas.Core.Configuration;
using Atlas.Engine.Tests.Tls;
using Atlas.Engine.Tls;
using Atlas.Integration.Tests.Wire;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Atlas.Integration.Tests.Http2;

/// <summary>A request on a connection that lives allocates nothing, with everything that a browser's request goes through: TLS,
/// HTTP/2, and servers of each protocol. Client and server are .NET's; only Atlas' own thread is looked at.</summary>
public sealed class TlsAllocationTests
{
    private const int Requests = 2_000;
    private const int Streams = 8;
    private const int Windows = 8;

    [Theory]
    [InlineData(UpstreamProtocol.Http1, false)]
    [InlineData(UpstreamProtocol.Http1, true)]
    [InlineData(UpstreamProtocol.Http2, false)]
    [InlineData(UpstreamProtocol.Http2, true)]
    public async Task Request_OverTlsAndHttp2_AllocatesNothing(UpstreamProtocol protocol, bool isServerSecure)
    {
        await using KestrelServer server = await KestrelServer.StartAsync(
            http => http.Response.WriteAsync("hello"),
            listen: options =>
            {
                options.Protocols = protocol == UpstreamProtocol.Http2 ? HttpProtocols.Http2 : HttpProtocols.Http1;
                if (isServerSecure)
                {
                    options.UseHttps(TestCertificates.Server);
                }
            });
        using var near = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
            Alpn = ["h2"],
        });
        using TlsClientContext? far = isServerSecure
            ? new TlsClientContext(new TlsClientOptions
            {
                CaPem = TestCertificates.AuthorityPem, Alpn = [protocol == UpstreamProtocol.Http2 ? "h2" : "http/1.1"],
            })
            : null;
        await using var atlas = new RunningAtlas(
            new AtlasOptions { Workers = 1, Protocol = protocol, Tls = far, Change = listener => listener with { Tls = near } },
            [("s", server.Address)]);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        })
        {
            DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        await AskAsync();

        // What the runtime allocates now and then is in some windows; what a request allocates is in each.
        long least = long.MaxValue;
        for (int window = 0; window < Windows && least >= Requests; window++)
        {
            long before = await atlas.ManagedBytesAsync();
            await AskAsync();
            least = Math.Min(least, await atlas.ManagedBytesAsync() - before);
        }

        // Asking costs something, and connections to servers may be opened; a request that allocated would cost more than a byte.
        least.ShouldBeLessThan(Requests, $"bytes in {Requests} requests");

        Task AskAsync() => Task.WhenAll(Enumerable.Range(0, Streams).Select(async _ =>
        {
            for (int i = 0; i < Requests / Streams; i++)
            {
                (await client.GetStringAsync(new Uri($"https://{atlas.Address}/"))).ShouldBe("hello");
            }
        }));
    }
}
