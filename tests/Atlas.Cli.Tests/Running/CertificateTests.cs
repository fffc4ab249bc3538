using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Certificates that change while Atlas serves.</summary>
public sealed class CertificateTests
{
    private const string Renewed = "listener web: certificate site.example (site.pem) renewed, valid until ";
    private const string Mismatch = "'key': site.key is not the key of the certificate in site.pem: name the two files that were made together";

    [Fact]
    public async Task Files_Renewed_AreForTheNextHandshakeAndConnectionsStay()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text(server));
        var first = new SiteCertificate();
        first.Write(config);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        await using SslStream open = await ConnectAsync(atlas);
        FingerprintOf(open).ShouldBe(first.Fingerprint);

        var next = new SiteCertificate();
        next.Write(config);
        await atlas.Program.ErrorAsync(Renewed);

        await using SslStream later = await ConnectAsync(atlas);
        FingerprintOf(later).ShouldBe(next.Fingerprint);
        (await AskAsync(open)).ShouldEndWith("\r\n\r\nA");
        (await AskAsync(later)).ShouldEndWith("\r\n\r\nA");
    }

    [Fact]
    public async Task Files_HalfRenewed_LeaveTheOldCertificateInForceAndSaySo()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text(server));
        var first = new SiteCertificate();
        first.Write(config);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string admin = await atlas.Program.ErrorAsync("admin: http://");

        var next = new SiteCertificate();
        next.WriteCertificate(config);
        await atlas.Program.ErrorAsync($"{config.Path}:5:50: {Mismatch}; what was read before stays in force");
        await atlas.ReloadAsync();

        await using (SslStream stream = await ConnectAsync(atlas))
        {
            FingerprintOf(stream).ShouldBe(first.Fingerprint);
        }

        (await StatusAsync(admin)).ShouldContain($"  NOTE not used as it is now: listener web: {Mismatch}\n");
        next.WriteKey(config);
        await atlas.Program.ErrorAsync(Renewed);

        await using SslStream later = await ConnectAsync(atlas);
        FingerprintOf(later).ShouldBe(next.Fingerprint);
        string status = await StatusAsync(admin);
        status.ShouldContain("certificate of listener web: site.example  valid until ");
        status.ShouldNotContain("NOTE not used");
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2-prior-knowledge")]
    public async Task Curl_WithoutTls_IsToldToComeWithIt(string version)
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text(server));
        new SiteCertificate().Write(config);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        string answer = await Tool.RunAsync("curl", "-sS", "-w", " %{http_code}", version, $"http://{atlas.Address}/");

        atlas.Program.Errors.ShouldContain($"listener web: https on {atlas.Address}\n");
        answer.ShouldBe("This port speaks HTTPS: use https:// to reach it\n 400\n");
    }

    [Theory]
    [InlineData("--http1.1", "other.example", false, 421)]
    [InlineData("--http2", "other.example", false, 421)]
    [InlineData("--http2", "site.example", false, 200)]
    [InlineData("--http2", "open.example", false, 200)]
    [InlineData("--http2", "open.example", true, 421)]
    public async Task Request_ForAnotherHostThanTheHandshakes_Is421WithoutRouteOrCertificate(string version, string host, bool isStrict, int status)
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Routed(server, "[site.example, open.example]", $", strict_sni: {(isStrict ? "true" : "false")}"));
        new SiteCertificate().Write(config);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        string answer = await Tool.RunAsync(
            "curl", "-ksS", "-o", "/dev/null", "-w", "%{http_code}", version, "--resolve", $"site.example:{atlas.Port}:127.0.0.1",
            "-H", $"Host: {host}:{atlas.Port}", $"https://site.example:{atlas.Port}/");

        answer.ShouldBe($"{status}\n");
    }

    // Whoever asks for the host itself gets what it always got.
    [Fact]
    public async Task Request_ForTheHostOfItsHandshakeWithoutRoute_Is404()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Routed(server, "site.example"));
        new SiteCertificate().Write(config);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);

        string answer = await Tool.RunAsync(
            "curl", "-ksS", "-o", "/dev/null", "-w", "%{http_code}", "--resolve", $"other.example:{atlas.Port}:127.0.0.1",
            $"https://other.example:{atlas.Port}/");

        answer.ShouldBe("404\n");
    }

    [Theory]
    [InlineData("http", "alpn: http/1.1")]
    [InlineData("tcp", "alpn: http/1.1")]
    public async Task AccessLog_OfAClientWithTls_SaysWhatWasAgreedOn(string protocol, string alpn)
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile($$"""
            listeners:
              web:
                bind: 127.0.0.1:0
                protocol: {{protocol}}
                pool: web
                access_log: { to: stdout }
                tls: { certificates: [{ cert: site.pem, key: site.key }], {{alpn}}, client_ca: site.pem, client_auth: optional, min_version: "1.3" }
            pools:
              web: { servers: ["{{server.Address}}"] }
            admin: { bind: none }
            """);
        var site = new SiteCertificate();
        site.Write(config);
        await using RunningAtlas atlas = await RunningAtlas.ReadyAsync(RunningProgram.Atlas("run", "-c", config.Path), protocol);

        await using (SslStream anonymous = await ConnectAsync(atlas))
        {
            await BeginAsync(anonymous);
        }

        // The next connection may be another worker's, and have its line sooner.
        JsonElement first = Parse(await atlas.Program.OutputAsync("{"));
        await using (SslStream known = await ConnectAsync(atlas, site))
        {
            await BeginAsync(known);
        }

        JsonElement[] lines = [first, Parse(await atlas.Program.OutputAsync("{", 1))];
        lines.ShouldAllBe(line => line.GetProperty("tls_version").GetString() == "TLSv1.3");
        lines.ShouldAllBe(line => line.GetProperty("tls_cipher").GetString()!.StartsWith("TLS_"));
        lines.ShouldAllBe(line => line.GetProperty("sni").GetString() == "site.example");
        lines.ShouldAllBe(line => line.GetProperty("alpn").GetString() == "http/1.1");
        lines.ShouldAllBe(line => !line.GetProperty("tls_resumed").GetBoolean());
        lines.Select(line => line.GetProperty("client_cert_verify").GetString()).ShouldBe(["NONE", "SUCCESS"]);
        lines.Select(line => line.GetProperty("client_cert_subject").GetString()).ShouldBe(["", "CN=site"]);
    }

    [Fact]
    public async Task Handshake_ThatAClientFails_HasALineWithItsAddress()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text(server));
        new SiteCertificate().Write(config);
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using (var untried = new TcpClient())
        {
            // It left before it began, and has no line.
            await untried.ConnectAsync("127.0.0.1", int.Parse(atlas.Port));
        }

        using var plain = new HttpClient();
        using HttpResponseMessage response = await plain.GetAsync($"http://{atlas.Address}/");

        ((int)response.StatusCode).ShouldBe(400);
        await atlas.Program.ErrorAsync("listener web: TLS handshake with 127.0.0.1 failed (plain_http)");
        atlas.Program.Errors.ShouldNotContain("(closed)");
    }

    [Fact]
    public async Task Handshake_WithACertificateThatIsRefused_HasALineThatNamesIt()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text(server).Replace("alpn: http/1.1", "client_ca: site.pem"));
        new SiteCertificate().Write(config);
        var other = new SiteCertificate();
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string admin = await atlas.Program.ErrorAsync("admin: http://");

        // With TLS 1.3 the client hears of it after its handshake.
        await using SslStream stream = await ConnectAsync(atlas, other);

        string line = await atlas.Program.ErrorAsync("listener web: TLS handshake with 127.0.0.1 failed (certificate_invalid): ");
        line.ShouldEndWith($"self-signed certificate; it showed SHA-256 {other.Fingerprint}, subject \"CN=site\"");
        (await StatusAsync(admin)).ShouldContain("\nauthority of listener web: CN=site  valid until ");
        using var http = new HttpClient();
        (await http.GetStringAsync($"http://{admin}/api/v1/authorities")).ShouldContain("\"listener\":\"web\",\"file\":\"site.pem\"");
        (await http.GetStringAsync($"http://{admin}/metrics")).ShouldContain("atlas_tls_authority_not_after_seconds{listener=\"web\",name=\"CN=site\"}");
    }

    [Fact]
    public async Task Authorities_OfAPoolChanged_AreForItsNextConnections()
    {
        var first = new SiteCertificate();
        await using var server = new TlsBackend(first);
        using var config = new ConfigFile($$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web }
            pools:
              web: { servers: ["{{server.Address}}"], tls: { ca: ca.pem, server_name: site.example }, outlier_detection: false }
            admin: { bind: none }
            """);
        first.WriteCertificate(config, "ca.pem");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        using var client = new Client(atlas.Address);
        (await client.GetAsync()).ShouldBe("A");

        var next = new SiteCertificate();
        server.Certificate = next;
        (await client.StatusAsync("/")).ShouldBe(502);
        next.WriteCertificate(config, "ca.pem");
        await atlas.Program.ErrorAsync("pool web: authorities of ca.pem changed: CN=site");

        (await client.GetAsync()).ShouldBe("A");
    }

    // Without a check, nothing else would show it.
    [Fact]
    public async Task Status_OfAServerWithTheWrongCertificate_SaysItInTheWordsOfItsChecks()
    {
        const string Words = "tls: the server's certificate is not for other.example";
        var site = new SiteCertificate();
        await using var server = new TlsBackend(site);
        using var config = new ConfigFile($$"""
            listeners:
              web: { bind: 127.0.0.1:0, pool: web }
            pools:
              web: { servers: ["{{server.Address}}"], tls: { ca: ca.pem, server_name: other.example } }
              checked: { servers: ["{{server.Address}}"], tls: { ca: ca.pem, server_name: other.example }, health_check: { type: tcp, interval: 1s, timeout: 900ms } }
            admin: { bind: 127.0.0.1:0 }
            """);
        site.WriteCertificate(config, "ca.pem");
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string admin = await atlas.Program.ErrorAsync("admin: http://");
        using var client = new Client(atlas.Address);

        (await client.StatusAsync("/")).ShouldBe(502);

        (await StatusAsync(admin)).ShouldContain(Words);
        (await atlas.Program.ErrorAsync("pool checked server ")).ShouldEndWith(Words);
        using var http = new HttpClient();
        (await http.GetStringAsync($"http://{admin}/api/v1/status")).ShouldContain("\"last_connect_error\":\"");
    }

    [Fact]
    public async Task Start_WithoutTheFiles_SaysWhichAreMissing()
    {
        await using var server = new Backend("A");
        using var config = new ConfigFile(Text(server));
        await using var program = RunningProgram.Atlas("run", "-c", config.Path);

        (await program.EndAsync()).ShouldBe(1);
        program.Errors.ShouldBe(
            $"{config.Path}:5:35: 'cert': there is no file {config.Sibling("site.pem")}\n{config.Path}:5:50: 'key': there is no file {config.Sibling("site.key")}\n");
    }

    private static string Routed(Backend server, string hosts, string tls = "") => $$"""
        listeners:
          web:
            bind: 127.0.0.1:0
            tls: { certificates: [{ cert: site.pem, key: site.key }]{{tls}} }
            routes: [{ match: { host: {{hosts}} }, pool: web }]
        pools:
          web: { servers: ["{{server.Address}}"] }
        admin: { bind: none }
        """;

    private static string Text(Backend server) => $$"""
        listeners:
          web:
            bind: 127.0.0.1:0
            pool: web
            tls: { certificates: [{ cert: site.pem, key: site.key }], alpn: http/1.1 }
        pools:
          web: { servers: ["{{server.Address}}"] }
        admin: { bind: 127.0.0.1:0 }
        """;

    private static async Task<string> StatusAsync(string admin)
    {
        await using var status = RunningProgram.Atlas("status", "--admin", admin);
        (await status.EndAsync()).ShouldBe(0, status.Errors);
        return status.Output;
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse("{" + line).RootElement;

    private static async Task<SslStream> ConnectAsync(RunningAtlas atlas, SiteCertificate? own = null)
    {
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", int.Parse(atlas.Port));
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "site.example",
            AllowTlsResume = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            LocalCertificateSelectionCallback = own is null ? null : (_, _, _, _, _) => own.ToServer(),

            // Who it is, the tests compare themselves.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        });
        return stream;
    }

    // Over TCP nobody ends the connection but the server, which keeps it.
    private static async Task BeginAsync(SslStream stream)
    {
        await stream.WriteAsync("GET / HTTP/1.1\r\nhost: site.example\r\n\r\n"u8.ToArray());
        (await stream.ReadAsync(new byte[1024]).AsTask().WaitAsync(RunningProgram.Limit)).ShouldBeGreaterThan(0);
    }

    private static string FingerprintOf(SslStream stream) =>
        stream.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant();

    private static async Task<string> AskAsync(SslStream stream)
    {
        await stream.WriteAsync("GET / HTTP/1.1\r\nhost: site.example\r\nconnection: close\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(RunningProgram.Limit);
    }
}
