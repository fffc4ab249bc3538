using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Atlas.Clients.Tests.Scanners;

/// <summary>testssl.sh, on a TLS listener as it is by default, with HSTS.</summary>
public sealed class TestsslTests(WebSite web) : IClassFixture<WebSite>
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    // What is not of the balancer: headers that a site has to choose by what is on its pages.
    private static readonly string[] NotOfAtlas = ["security_headers"];

    // All others are of a weakness: LOW, MEDIUM, HIGH, CRITICAL. A WARN is of something that could not be tested.
    private static readonly string[] Harmless = ["OK", "INFO", "WARN"];

    [Fact]
    public async Task Testssl_DefaultListener_HasNoWeakness()
    {
        string file = web.Site.File("testssl.json");
        int port = new Uri(web.Site.Url(tls: true)).Port;

        // All but the handshakes of simulated clients and the list of all ciphers, which take most of the time and judge nothing.
        await using RunningProgram testssl = RunningProgram.Start(
            new ProcessStartInfo("testssl"), "--quiet", "--warnings", "off", "--color", "0", "--nodns", "none", "--add-ca", web.Site.Ca, "--jsonfile", file,
            "--ip", "127.0.0.1", "-p", "-s", "-f", "-P", "-S", "-h", "-U", $"localhost:{port}");
        await testssl.EndAsync(Limit);

        JsonNode[] findings = [.. JsonNode.Parse(await File.ReadAllTextAsync(file))!.AsArray().Select(finding => finding!)];
        string[] ids = [.. findings.Select(finding => (string)finding["id"]!)];
        ids.ShouldContain("TLS1_3");
        ids.ShouldContain("cert_chain_of_trust");
        ids.ShouldContain("HSTS_time");
        ids.ShouldContain("LUCKY13");
        findings.Where(finding => !Harmless.Contains((string)finding["severity"]!) && !NotOfAtlas.Contains((string)finding["id"]!))
            .Select(finding => $"{(string)finding["severity"]!} {(string)finding["id"]!}: {(string)finding["finding"]!}")
            .ShouldBeEmpty(testssl.Output);
    }
}
