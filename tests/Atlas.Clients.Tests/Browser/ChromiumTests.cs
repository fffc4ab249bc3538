using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Atlas.Clients.Tests.Browser;

/// <summary>A browser, which loads a page of 51 parts through Atlas and opens a WebSocket.</summary>
public sealed class ChromiumTests
{
    [Theory]
    [InlineData(false, "http/1.1", "HTTP/1.1 1.1 atlas")]
    [InlineData(true, "h2", "HTTP/1.1 2.0 atlas")]
    public async Task Chromium_Page_ComesWholeAndItsWebSocketWorks(bool tls, string protocol, string socket)
    {
        await using var web = new WebSite();
        await web.InitializeAsync();
        await using RunningProgram chromium = RunningProgram.Start(new ProcessStartInfo("chromium"),
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            // Nothing but Atlas is to be reached, and its authority is unknown to the browser.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--ignore-certificate-errors",
            "--remote-debugging-port=0", $"--user-data-dir={web.Site.File("profile")}", web.Site.Url(tls));

        JsonNode report = JsonNode.Parse(await web.Server.SaysAsync("report "))!;

        ((int)report["styles"]!).ShouldBe(15);
        ((int)report["scripts"]!).ShouldBe(15);
        ((int)report["images"]!).ShouldBe(15);
        ((int)report["data"]!).ShouldBe(5);
        ((int)report["entries"]!).ShouldBe(51);
        report["protocols"]!.AsArray().Select(one => (string)one!).ShouldBe([protocol]);
        ((string)report["echoed"]!).ShouldBe("from the page");
        (await web.Server.SaysAsync("socket of ")).ShouldBe(socket);
        await chromium.SignalAsync("TERM");
        await chromium.EndAsync();
    }
}
