using System.Xml.Linq;

namespace Atlas.Clients.Tests.Scanners;

/// <summary>sslscan, on a TLS listener as it is by default.</summary>
public sealed class SslscanTests(WebSite web) : IClassFixture<WebSite>
{
    [Fact]
    public async Task Sslscan_DefaultListener_HasNoWeakness()
    {
        string text = await Tool.RunAsync("sslscan", "--no-colour", "--xml=-", "--ocsp", web.Site.Secure);

        XElement test = XDocument.Parse(text).Root!.Element("ssltest")!;
        test.Elements("protocol").Where(one => (string)one.Attribute("enabled")! == "1")
            .Select(one => $"{(string)one.Attribute("type")!} {(string)one.Attribute("version")!}").Order(StringComparer.Ordinal)
            .ShouldBe(["tls 1.2", "tls 1.3"]);
        // To this scanner the suites of TLS 1.3 are not of the strong ones, since their names say nothing of the exchange of keys.
        test.Elements("cipher").Select(one => $"{(string)one.Attribute("sslversion")!} {(string)one.Attribute("cipher")!} {(string)one.Attribute("strength")!}")
            .Order(StringComparer.Ordinal)
            .ShouldBe(
            [
                "TLSv1.2 ECDHE-ECDSA-AES128-GCM-SHA256 strong", "TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384 strong",
                "TLSv1.2 ECDHE-ECDSA-CHACHA20-POLY1305 strong", "TLSv1.3 TLS_AES_128_GCM_SHA256 acceptable",
                "TLSv1.3 TLS_AES_256_GCM_SHA384 acceptable", "TLSv1.3 TLS_CHACHA20_POLY1305_SHA256 acceptable",
            ]);
        test.Elements("heartbleed").Select(one => (string)one.Attribute("vulnerable")!).ShouldBe(["0", "0"]);
        ((string)test.Element("renegotiation")!.Attribute("supported")!).ShouldBe("0");
        test.Elements("compression").ShouldAllBe(one => (string)one.Attribute("supported")! == "0");
        test.Elements("group").Select(one => (string)one.Attribute("name")!).ShouldContain("x25519");
        ((string)test.Descendants("signature-algorithm").Single()).ShouldBe("ecdsa-with-SHA256");
    }
}
