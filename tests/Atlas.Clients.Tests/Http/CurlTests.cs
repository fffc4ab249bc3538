namespace Atlas.Clients.Tests.Http;

/// <summary>curl, with each version of HTTP that it can be told to speak.</summary>
public sealed class CurlTests(WebSite web) : IClassFixture<WebSite>
{
    private const int Bytes = 3_000_000;

    // In clear text --http2 asks for an upgrade, which RFC 9113 has taken away: the request stays one of HTTP/1.1.
    [Theory]
    [InlineData("--http1.0", false, "1.1")]
    [InlineData("--http1.1", false, "1.1")]
    [InlineData("--http2", false, "1.1")]
    [InlineData("--http2-prior-knowledge", false, "2")]
    [InlineData("--http1.0", true, "1.1")]
    [InlineData("--http1.1", true, "1.1")]
    [InlineData("--http2", true, "2")]
    [InlineData("--http2-prior-knowledge", true, "2")]
    public async Task Curl_DownloadsAndUploads_ComeWholeInTheVersionAskedFor(string option, bool tls, string version)
    {
        string sent = web.Site.File($"sent{option}{tls}");
        string received = web.Site.File($"received{option}{tls}");
        byte[] content = new byte[Bytes];
        new Random(Bytes).NextBytes(content);
        await File.WriteAllBytesAsync(sent, content);

        (await CurlAsync(option, web.Site.Url(tls, $"/bytes/{Bytes}"), "--output", "/dev/null")).ShouldBe($"{version} 200 {Bytes} 1\n");
        (await CurlAsync(option, web.Site.Url(tls, "/echo"), "--data-binary", $"@{sent}", "--header", "Expect:", "--output", received))
            .ShouldBe($"{version} 200 {Bytes} 1\n");

        (await File.ReadAllBytesAsync(received)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    // Not with prior knowledge of HTTP/2 in clear text: curl 7.88 fails on its second request of such a connection, whoever serves.
    [Theory]
    [InlineData("--http1.1", false, "1.1")]
    [InlineData("--http1.1", true, "1.1")]
    [InlineData("--http2", true, "2")]
    public async Task Curl_TwoRequests_UseOneConnection(string option, bool tls, string version) =>
        (await CurlAsync(option, web.Site.Url(tls, "/bytes/9"), web.Site.Url(tls, "/bytes/5"), "--output", "/dev/null", "--output", "/dev/null"))
            .ShouldBe($"{version} 200 9 1\n{version} 200 5 0\n");

    [Fact]
    public async Task Curl_OverTls_IsToldToComeWithTlsOnly()
    {
        string heads = await Tool.RunAsync("curl", "--silent", "--show-error", "--max-time", "60", "--cacert", web.Site.Ca, "--head", web.Site.Url(tls: true));

        heads.ShouldContain("strict-transport-security: max-age=63072000");
    }

    private Task<string> CurlAsync(params string[] words) => Tool.RunAsync("curl",
        ["--silent", "--show-error", "--max-time", "60", "--cacert", web.Site.Ca,
            "--write-out", "%{http_version} %{http_code} %{size_download} %{num_connects}\\n", .. words]);
}
