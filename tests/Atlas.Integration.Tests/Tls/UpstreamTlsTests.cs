using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Engine.Tests.Tls;
using Atlas.Engine.Tls;
using Atlas.Integration.Tests.Wire;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using KestrelServer = Atlas.Integration.Tests.Http2.KestrelServer;

namespace Atlas.Integration.Tests.Tls;

/// <summary>TLS to servers that others wrote.</summary>
public sealed class UpstreamTlsTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";

    [Theory]
    [InlineData(UpstreamProtocol.Http1, HttpProtocols.Http1AndHttp2, "HTTP/1.1")]
    [InlineData(UpstreamProtocol.Http2, HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(UpstreamProtocol.Auto, HttpProtocols.Http1AndHttp2, "HTTP/2")]
    [InlineData(UpstreamProtocol.Auto, HttpProtocols.Http1, "HTTP/1.1")]
    public async Task Requests_AreServed_InTheProtocolThatIsAgreedOn(UpstreamProtocol protocol, HttpProtocols offered, string expected)
    {
        await using KestrelServer server = await ServeAsync(offered);
        using TlsClientContext tls = Context(protocol);
        await using RunningAtlas atlas = Before(server, tls, protocol);

        for (int i = 0; i < 5; i++)
        {
            WireMessage response = await atlas.AskAsync(Post, "POST");
            response.Status.ShouldBe(200);
            response["x-protocol"].ShouldBe(expected);
            response.Body.ShouldBe("body");
        }

        server.Connections.ShouldBe(1);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http1AndHttp2)]
    public async Task Requests_AtOnce_OfAnUnknownProtocol_AreAllServed(HttpProtocols offered)
    {
        await using KestrelServer server = await ServeAsync(offered);
        using TlsClientContext tls = Context(UpstreamProtocol.Auto);
        await using RunningAtlas atlas = Before(server, tls, UpstreamProtocol.Auto);

        WireMessage[] responses = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => atlas.AskAsync(Get)));

        responses.ShouldAllBe(response => response.Status == 200);
        if (offered == HttpProtocols.Http1AndHttp2)
        {
            server.Connections.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("other authority", "tls_certificate_error")]
    [InlineData("other name", "tls_certificate_error")]
    [InlineData("address", "tls_certificate_error")]
    [InlineData("no tls", "tls_protocol_error")]
    [InlineData("no http2", "tls_protocol_error")]
    public async Task Handshake_ThatFails_Is502(string what, string expected)
    {
        await using KestrelServer server = what == "no tls"
            ? await KestrelServer.StartAsync(_ => Task.CompletedTask, listen: options => options.Protocols = HttpProtocols.Http1)
            : await ServeAsync(HttpProtocols.Http1);
        UpstreamProtocol protocol = what == "no http2" ? UpstreamProtocol.Http2 : UpstreamProtocol.Http1;
        using TlsClientContext tls = Context(protocol, what == "other authority" ? TestCertificates.OtherAuthority : null);
        await using RunningAtlas atlas = Before(
            server, tls, protocol, what == "address" ? null : what == "other name" ? "other.test" : "localhost");

        WireMessage response = await atlas.AskAsync(Post, "POST");

        response.Status.ShouldBe(502);
        response["proxy-status"].ShouldBe($"atlas; error={expected}");
    }

    [Fact]
    public async Task Certificate_ThatIsNotChecked_MayBeAny()
    {
        await using KestrelServer server = await ServeAsync(HttpProtocols.Http1);
        using var tls = new TlsClientContext(new TlsClientOptions { IsVerified = false });
        await using RunningAtlas atlas = Before(server, tls, UpstreamProtocol.Http1, "other.test");

        (await atlas.AskAsync(Get)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Handshake_ThatFails_GivesWayToAnotherServer_WhateverTheRequest()
    {
        await using KestrelServer plain = await KestrelServer.StartAsync(
            _ => Task.CompletedTask, listen: options => options.Protocols = HttpProtocols.Http1);
        await using KestrelServer server = await ServeAsync(HttpProtocols.Http1);
        using TlsClientContext tls = Context(UpstreamProtocol.Http1);
        await using var atlas = new RunningAtlas(
            new AtlasOptions { Tls = tls }, [("plain", plain.Address), ("secure", server.Address)]);

        for (int i = 0; i < 4; i++)
        {
            (await atlas.AskAsync(Post, "POST")).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task Server_ThatAsksForACertificate_IsShownOne()
    {
        using X509Certificate2 shown = TestCertificates.Issue(TestCertificates.Authority, "atlas", [], isForClients: true);
        string? seen = null;
        await using KestrelServer server = await ServeAsync(
            HttpProtocols.Http1,
            http =>
            {
                seen = http.Connection.ClientCertificate?.Subject;
                return Task.CompletedTask;
            },
            https =>
            {
                https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                https.ClientCertificateValidation = (_, _, _) => true;
            });
        using var tls = new TlsClientContext(new TlsClientOptions
        {
            CaPem = TestCertificates.AuthorityPem, Certificate = TestCertificates.ForOptions(shown),
        });
        await using RunningAtlas atlas = Before(server, tls, UpstreamProtocol.Http1);

        (await atlas.AskAsync(Get)).Status.ShouldBe(200);

        seen.ShouldBe("CN=atlas");
    }

    [Fact]
    public async Task ProxyHeader_GoesBeforeTheHandshake()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using TlsClientContext tls = Context(UpstreamProtocol.Http1);
        await using var atlas = new RunningAtlas(
            new AtlasOptions { Tls = tls, SendProxyProtocol = ProxyProtocolVersion.V1 }, [("s", (IPEndPoint)listener.LocalEndpoint)]);
        Task<WireMessage> asking = atlas.AskAsync(Get);
        using Socket socket = await listener.AcceptSocketAsync();
        await using var stream = new NetworkStream(socket);
        var line = new StringBuilder();
        byte[] one = new byte[1];
        while (line.Length == 0 || line[^1] != '\n')
        {
            await stream.ReadExactlyAsync(one);
            line.Append((char)one[0]);
        }

        await using var secure = new SslStream(stream);
        await secure.AuthenticateAsServerAsync(TestCertificates.Server);
        byte[] buffer = new byte[4096];
        int count = await secure.ReadAsync(buffer);
        await secure.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        line.ToString().ShouldStartWith("PROXY TCP4 127.0.0.1 127.0.0.1 ");
        Encoding.ASCII.GetString(buffer, 0, count).ShouldStartWith("GET / HTTP/1.1\r\n");
        (await asking).Status.ShouldBe(200);
    }

    private static TlsClientContext Context(UpstreamProtocol protocol, X509Certificate2? authority = null) => new(new TlsClientOptions
    {
        CaPem = TestCertificates.Pem(authority ?? TestCertificates.Authority),
        Alpn = protocol switch
        {
            UpstreamProtocol.Http1 => ["http/1.1"],
            UpstreamProtocol.Http2 => ["h2"],
            _ => ["h2", "http/1.1"],
        },
    });

    private static RunningAtlas Before(KestrelServer server, TlsClientContext tls, UpstreamProtocol protocol, string? name = "localhost") =>
        new(new AtlasOptions { Workers = 1, Tls = tls, Protocol = protocol, ServerName = name }, [("kestrel", server.Address)]);

    private static Task<KestrelServer> ServeAsync(
        HttpProtocols offered, RequestDelegate? serve = null, Action<HttpsConnectionAdapterOptions>? https = null) => KestrelServer.StartAsync(
        serve ?? (async http =>
        {
            http.Response.Headers["x-protocol"] = http.Request.Protocol;
            await http.Request.Body.CopyToAsync(http.Response.Body);
        }),
        listen: options =>
        {
            options.Protocols = offered;
            options.UseHttps(secure =>
            {
                // A key that was made in memory is not one that every platform serves with.
                secure.ServerCertificate = X509CertificateLoader.LoadPkcs12(TestCertificates.Server.Export(X509ContentType.Pfx), null);
                https?.Invoke(secure);
            });
        });
}
