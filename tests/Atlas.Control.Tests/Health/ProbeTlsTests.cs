using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Control.Health;
using Atlas.Control.Tests.Tls;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Atlas.Control.Tests.Health;

/// <summary>Probes over TLS, against a server that others wrote.</summary>
public sealed class ProbeTlsTests : IAsyncLifetime
{
    private readonly IssuedCertificate _authority = Issue("CN=Root", issuer: null);
    private readonly List<string> _clients = [];
    private WebApplication? _server;
    private string _protocol = "";

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http2, true)]
    public async Task Http_OfAServerThatProvesItsName_Passes(HttpProtocols offered, bool isHttp2)
    {
        ServerAddress address = await ServeAsync(offered);
        using var probe = new HttpProbe(
            address, new HealthCheckConfig(), "x", ProxyProtocolVersion.None, Security("server.test"), isHttp2);

        (await probe.RunAsync(CancellationToken.None)).ShouldBe(ProbeResult.Good("http 200"));
        _protocol.ShouldBe(isHttp2 ? "HTTP/2 https" : "HTTP/1.1 https");
    }

    [Fact]
    public async Task Grpc_AgreesOnHttp2()
    {
        ServerAddress address = await ServeAsync(HttpProtocols.Http1AndHttp2, async http =>
        {
            http.Response.ContentType = "application/grpc";
            await http.Response.Body.WriteAsync(Convert.FromHexString("00000000020801"));
            http.Response.AppendTrailer("grpc-status", "0");
        });
        using var probe = new GrpcProbe(address, new HealthCheckConfig(), "x", ProxyProtocolVersion.None, Security("server.test"));

        (await probe.RunAsync(CancellationToken.None)).ShouldBe(ProbeResult.Good("grpc SERVING"));
    }

    [Fact]
    public async Task Grpc_OfAServerThatRefusesHttp2_Fails()
    {
        ServerAddress address = await ServeAsync(HttpProtocols.Http1);
        using var probe = new GrpcProbe(address, new HealthCheckConfig(), "x", ProxyProtocolVersion.None, Security("server.test"));

        (await probe.RunAsync(CancellationToken.None)).Detail.ShouldStartWith("tls: the server refuses the handshake: ");
    }

    [Fact]
    public async Task Grpc_OfAServerThatAgreesOnNothing_SaysSo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        ServerAddress.TryParse(listener.LocalEndpoint.ToString()!, out ServerAddress? address).ShouldBeTrue();
        using var probe = new GrpcProbe(address!, new HealthCheckConfig(), "x", ProxyProtocolVersion.None, Security("server.test"));
        Task<ProbeResult> running = probe.RunAsync(CancellationToken.None);
        using TcpClient client = await listener.AcceptTcpClientAsync();
        await using var stream = new SslStream(client.GetStream());
        using X509Certificate2 certificate = ServerCertificate();

        await stream.AuthenticateAsServerAsync(certificate);

        (await running.WaitAsync(Until.Limit)).ShouldBe(ProbeResult.Bad("tls: the server does not agree on HTTP/2 (ALPN): give its pool protocol: http1 or auto"));
    }

    [Theory]
    [InlineData("server.test", false, true, "connected")]
    [InlineData("127.0.0.1", false, true, "connected")]
    [InlineData("other.test", false, false, "tls: the server's certificate is not for other.test")]
    [InlineData("server.test", true, false, "tls: the server's certificate is not of a trusted authority")]
    public async Task Tcp_ShakesHands(string name, bool isOtherAuthority, bool passes, string detail)
    {
        ServerAddress address = await ServeAsync(HttpProtocols.Http1);
        IssuedCertificate authority = isOtherAuthority ? Issue("CN=Other", issuer: null) : _authority;
        var probe = new TcpProbe(address, ProxyProtocolVersion.None, Security(name, authority));

        (await probe.RunAsync(CancellationToken.None)).ShouldBe(passes ? ProbeResult.Good(detail) : ProbeResult.Bad(detail));
    }

    [Fact]
    public async Task Tcp_ThatChecksNothing_TakesAnyCertificate()
    {
        ServerAddress address = await ServeAsync(HttpProtocols.Http1);
        var tls = new ProbeTls(new PoolTlsConfig { Verify = false }, new PoolTlsMaterial("p", Authorities: null, Certificate: null));

        (await new TcpProbe(address, ProxyProtocolVersion.None, new ProbeSecurity(tls, "other.test")).RunAsync(CancellationToken.None))
            .ShouldBe(ProbeResult.Good("connected"));
    }

    [Fact]
    public async Task Tcp_OfAServerWithoutTls_Fails()
    {
        await using GrpcServer server = await GrpcServer.StartAsync(_ => Task.CompletedTask, HttpProtocols.Http1);
        ServerAddress.TryParse(server.Address, out ServerAddress? address).ShouldBeTrue();

        (await new TcpProbe(address!, ProxyProtocolVersion.None, Security("server.test")).RunAsync(CancellationToken.None))
            .ShouldBe(ProbeResult.Bad("tls: the server does not speak TLS: give the port where it does, or, if it has none, remove tls from its pool"));
    }

    [Fact]
    public async Task Http_OfAServerThatAsks_ShowsTheCertificate()
    {
        IssuedCertificate shown = Issue("CN=atlas", _authority, usage: "1.3.6.1.5.5.7.3.2");
        ServerAddress address = await ServeAsync(HttpProtocols.Http1, isAsking: true);
        var material = new PoolTlsMaterial("p", Authorities(_authority), new CertificateMaterial
        {
            ChainPem = [.. Encoding.ASCII.GetBytes(shown.CertPem)],
            KeyPem = [.. Encoding.ASCII.GetBytes(shown.KeyPem)],
            Names = [],
            KeyType = default,
            Fingerprint = shown.Fingerprint,
            NotBeforeUnixSeconds = 0,
            NotAfterUnixSeconds = 0,
            Subject = "CN=atlas",
            Issuer = "CN=Root",
        });
        using var probe = new HttpProbe(
            address, new HealthCheckConfig(), "x", ProxyProtocolVersion.None, new ProbeSecurity(new ProbeTls(new PoolTlsConfig(), material), "server.test"));

        (await probe.RunAsync(CancellationToken.None)).ShouldBe(ProbeResult.Good("http 200"));

        _clients.ShouldBe(["CN=atlas"]);
    }

    // What .NET throws where the alert comes after the handshake, as with TLS 1.3. Its own servers send none on Linux.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Exchange_ThatEndsWithAnAlert_SaysIt(bool isOfRequest)
    {
        ServerAddress.TryParse("127.0.0.1:443", out ServerAddress? address).ShouldBeTrue();
        var alert = new IOException(
            "The decryption operation failed, see inner exception.",
            new InvalidOperationException("SSL_ERROR_SSL", new InvalidOperationException("error:0A00045C:SSL routines::tlsv13 alert certificate required")));
        Exception error = isOfRequest ? new HttpRequestException("An error occurred while sending the request.", alert) : alert;

        (await ProbeErrors.CatchAsync(() => Task.FromException<ProbeResult>(error), address!, CancellationToken.None))
            .ShouldBe(ProbeResult.Bad("tls: the server refuses the handshake: tlsv13 alert certificate required"));
    }

    // A client of HTTP/2 tells of the write.
    [Fact]
    public async Task Write_AfterAReadThatFailed_FailsOfTheSame()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connection = new TcpClient();
        await connection.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using TcpClient accepted = await listener.AcceptTcpClientAsync();
        await using var server = new SslStream(accepted.GetStream());
        using X509Certificate2 certificate = ServerCertificate();
        Task shaking = server.AuthenticateAsServerAsync(certificate);
        await using SslStream client = await Security("server.test").Tls.ConnectAsync(
            connection.GetStream(), "server.test", isHttp2: false, CancellationToken.None);
        await shaking;

        await accepted.GetStream().WriteAsync("this is no record of TLS"u8.ToArray());
        byte[] buffer = new byte[1];
        IOException read = await Should.ThrowAsync<IOException>(async () => await client.ReadExactlyAsync(buffer));
        await client.DisposeAsync();

        IOException written = await Should.ThrowAsync<IOException>(async () => await client.WriteAsync(buffer));
        written.InnerException.ShouldBeSameAs(read);
    }

    [Fact]
    public void Subjects_AtAnotherPort_HaveNoTls()
    {
        ServerAddress.TryParse("127.0.0.1:443", out ServerAddress? address).ShouldBeTrue();
        var target = new ProbeTarget("p", "s", address!, new HealthCheckConfig(), Security: Security("server.test"), IsHttp2: true);

        target.Subject.Security.ShouldBe(target.Security);
        (target with { Check = new HealthCheckConfig { Port = 8080 } }).Subject.Security.ShouldBeNull();
        (target with { Check = new HealthCheckConfig { Port = 8080 } }).Subject.IsHttp2.ShouldBeFalse();
    }

    private static IssuedCertificate Issue(string subject, IssuedCertificate? issuer, string? usage = null, params string[] names) =>
        TestPki.Issue(new IssueOptions
        {
            Subject = subject,
            Names = names,
            Issuer = issuer,
            IsAuthority = issuer is null,
            Usage = usage,
            NotBefore = DateTimeOffset.UtcNow.AddDays(-1),
            NotAfter = DateTimeOffset.UtcNow.AddDays(30),
        });

    private static AuthorityMaterial Authorities(IssuedCertificate authority) =>
        new([.. Encoding.ASCII.GetBytes(authority.CertPem)], [new AuthorityCertificate(authority.Certificate.Subject, authority.Fingerprint, "", 0, long.MaxValue)]);

    private ProbeSecurity Security(string name, IssuedCertificate? authority = null) => new(
        new ProbeTls(new PoolTlsConfig(), new PoolTlsMaterial("p", Authorities(authority ?? _authority), Certificate: null)), name);

    private X509Certificate2 ServerCertificate()
    {
        IssuedCertificate issued = Issue("CN=server", _authority, "1.3.6.1.5.5.7.3.1", "server.test", "127.0.0.1");
        using X509Certificate2 pair = issued.Certificate.HasPrivateKey ? issued.Certificate : issued.Certificate.CopyWithPrivateKey((ECDsa)issued.Key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pfx), password: null);
    }

    private async Task<ServerAddress> ServeAsync(HttpProtocols offered, RequestDelegate? serve = null, bool isAsking = false)
    {
        X509Certificate2 certificate = ServerCertificate();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, options =>
        {
            options.Protocols = offered;
            options.UseHttps(certificate, https =>
            {
                https.ClientCertificateMode = isAsking ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        }));
        _server = builder.Build();
        _server.Run(async http =>
        {
            _protocol = $"{http.Request.Protocol} {http.Request.Scheme}";
            if (http.Connection.ClientCertificate is { } client)
            {
                _clients.Add(client.Subject);
            }

            await (serve?.Invoke(http) ?? Task.CompletedTask);
        });
        await _server.StartAsync();
        ServerAddress.TryParse(new Uri(_server.Urls.Single()).Authority, out ServerAddress? address).ShouldBeTrue();
        return address!;
    }
}
