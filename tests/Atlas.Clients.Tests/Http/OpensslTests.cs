using System.Diagnostics;

namespace Atlas.Clients.Tests.Http;

/// <summary>The client of OpenSSL's command.</summary>
public sealed class OpensslTests(WebSite web) : IClassFixture<WebSite>
{
    private const string Answer = "HTTP/1.1 200 OK";

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public async Task Openssl_Sessions_AreResumed(string option, string version)
    {
        string session = web.Site.File($"session{option}");

        string first = await ConnectAsync(option, "-sess_out", session);
        string again = await ConnectAsync(option, "-sess_in", session);

        first.ShouldContain($"New, {version}, Cipher is ");
        first.ShouldContain("Verify return code: 0 (ok)");
        first.ShouldContain(Answer);
        again.ShouldContain($"Reused, {version}, Cipher is ");
        again.ShouldContain(Answer);
    }

    [Fact]
    public async Task Openssl_Reconnects_AreResumed()
    {
        // -reconnect connects five times more, with the session of the first time.
        string said = await ConnectAsync("-tls1_2", "-reconnect");

        said.Split('\n').Count(line => line.StartsWith("Reused, TLSv1.2", StringComparison.Ordinal)).ShouldBe(5, said);
    }

    [Theory]
    [InlineData("h2", "h2")]
    [InlineData("http/1.1", "http/1.1")]
    [InlineData("http/1.1,h2", "h2")]
    public async Task Openssl_Alpn_IsAnswered(string offered, string agreed) =>
        (await HandshakeAsync("-alpn", offered)).ShouldContain($"ALPN protocol: {agreed}\n");

    [Theory]
    [InlineData("-tls1")]
    [InlineData("-tls1_1")]
    public async Task Openssl_OldVersions_AreRefused(string option)
    {
        // The client's own policy would not offer them.
        ToolResult result = await OpensslAsync("", option, "-cipher", "ALL:@SECLEVEL=0");

        result.ExitCode.ShouldNotBe(0);
        result.Errors.ShouldContain("alert protocol version");
    }

    // The listener's order, which is AES-128, AES-256, ChaCha20, decides; ChaCha20 is for whoever puts it first.
    [Theory]
    [InlineData("-tls1_2 -cipher ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256")]
    [InlineData("-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305")]
    [InlineData("-tls1_3 -ciphersuites TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256")]
    [InlineData("-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256")]
    public async Task Openssl_Ciphers_AreChosenInTheListenersOrder(string offered, string chosen) =>
        (await HandshakeAsync(offered)).ShouldContain($", Cipher is {chosen}\n");

    [Fact]
    public async Task Openssl_Fallback_IsRefused()
    {
        // A client that was made to offer less than it can says so (RFC 7507), and more was to be had.
        ToolResult result = await OpensslAsync("", "-tls1_2", "-fallback_scsv");

        result.ExitCode.ShouldNotBe(0);
        result.Errors.ShouldContain("alert inappropriate fallback");
    }

    private Task<string> ConnectAsync(params string[] words) =>
        FineAsync("GET /bytes/5 HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n", ["-ign_eof", .. words]);

    private Task<string> HandshakeAsync(params string[] words) => FineAsync("", words);

    private async Task<string> FineAsync(string input, string[] words)
    {
        ToolResult result = await OpensslAsync(input, words);
        result.ExitCode.ShouldBe(0, result.Output + result.Errors);
        return result.Output;
    }

    private async Task<ToolResult> OpensslAsync(string input, params string[] words)
    {
        string command = $"printf '{input}' | exec openssl s_client -connect {web.Site.Secure} -CAfile {web.Site.Ca} -servername localhost {string.Join(' ', words)}";
        await using RunningProgram openssl = RunningProgram.Start(new ProcessStartInfo("sh"), "-c", command);
        int code = await openssl.EndAsync();
        return new ToolResult(code, openssl.Output, openssl.Errors);
    }
}
