namespace Atlas.Clients.Tests.Http;

/// <summary>The client and the load of nghttp2.</summary>
public sealed class NghttpTests(WebSite web) : IClassFixture<WebSite>
{
    private const int Requests = 5_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nghttp_Page_ComesWithAllThatItNames(bool tls)
    {
        string statistics = await Tool.RunAsync("nghttp", "--null-out", "--stat", "--get-assets", "--no-verify-peer", web.Site.Url(tls));

        // Of the page nghttp fetches what is in the head and the images: 1 page, 15 styles, 15 scripts, 15 images.
        statistics.Split('\n').Count(line => line.Contains(" 200 ", StringComparison.Ordinal)).ShouldBe(46, statistics);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nghttp_Upload_ComesBack(bool tls)
    {
        string sent = web.Site.File($"nghttp-{tls}");
        string text = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number:d9}\n"));
        await File.WriteAllTextAsync(sent, text);

        (await Tool.RunAsync("nghttp", "--no-verify-peer", "--data", sent, web.Site.Url(tls, "/echo"))).ShouldBe(text);
    }

    [Theory]
    [InlineData(false, "h2c")]
    [InlineData(false, "http/1.1")]
    [InlineData(true, "h2")]
    [InlineData(true, "http/1.1")]
    public async Task H2load_FiveThousandRequests_AllSucceed(bool tls, string protocol)
    {
        string[] version = (tls, protocol) switch
        {
            (_, "http/1.1") => ["--h1"],
            (true, _) => ["--npn-list", "h2"],
            (false, _) => ["--no-tls-proto", "h2c"],
        };

        string report = await Tool.RunAsync("h2load", ["-n", $"{Requests}", "-c", "10", "-m", "20", .. version, web.Site.Url(tls, "/bytes/1000")]);

        report.ShouldContain($"Application protocol: {protocol}\n");
        report.ShouldContain($"requests: {Requests} total, {Requests} started, {Requests} done, {Requests} succeeded, 0 failed, 0 errored, 0 timeout\n");
        report.ShouldContain($"status codes: {Requests} 2xx, 0 3xx, 0 4xx, 0 5xx\n");
    }
}
