using System.Text;
using Atlas.Core.Affinity;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Affinity;

namespace Atlas.Proxy.Tests.Affinity;

public sealed class StickyCookieTests
{
    private static readonly ServerIds Ids = new("secret"u8, "web", ["a", "b"]);

    [Fact]
    public void Write_Defaults_AreOfTheSessionHttpOnlyAndLax() =>
        Write(new CookieConfig()).ShouldBe($"set-cookie: atlas={Id(1)}; Path=/; HttpOnly; SameSite=Lax\r\n");

    [Fact]
    public void Write_EveryAttribute_IsAsConfigured()
    {
        var config = new CookieConfig
        {
            Name = "lb",
            TtlSeconds = 3600,
            HttpOnly = false,
            SameSite = CookieSameSite.None,
            Secure = CookieSecure.Always,
        };

        Write(config).ShouldBe($"set-cookie: lb={Id(1)}; Path=/; Max-Age=3600; SameSite=None; Secure\r\n");
    }

    [Theory]
    [InlineData(CookieSecure.Auto, false, false)]
    [InlineData(CookieSecure.Auto, true, true)]
    [InlineData(CookieSecure.Always, false, true)]
    [InlineData(CookieSecure.Never, true, false)]
    public void Write_Secure_IsAsConfiguredOrAsTheRequestCame(CookieSecure secure, bool overTls, bool expected) =>
        Write(new CookieConfig { Secure = secure }, overTls).Contains("; Secure", StringComparison.Ordinal).ShouldBe(expected);

    private static string Id(int server) => Encoding.ASCII.GetString(Ids[server]);

    private static string Write(CookieConfig config, bool overTls = false)
    {
        Span<byte> destination = stackalloc byte[256];
        var writer = new HeadWriter(destination);
        new StickyCookie(config, Ids).Write(ref writer, server: 1, overTls);
        return Encoding.ASCII.GetString(destination[..writer.Written]);
    }
}
