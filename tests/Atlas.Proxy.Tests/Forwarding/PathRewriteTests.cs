using System.Text;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Tests.Forwarding;

public sealed class PathRewriteTests
{
    [Theory]
    [InlineData("/api", "", "/api/users", "/users")]
    [InlineData("/api", "", "/api", "/")]
    [InlineData("/api", "", "/api/", "/")]
    [InlineData("/api/", "", "/api/users", "/users")]
    [InlineData("/api", "", "/apis", "/apis")]
    [InlineData("/api", "", "/other", "/other")]
    [InlineData("/api", "/v2", "/api/users", "/v2/users")]
    [InlineData("/api", "/v2/", "/api/users", "/v2/users")]
    [InlineData("/api", "/v2/", "/api", "/v2/")]
    [InlineData("/api", "/v2", "/api", "/v2")]
    [InlineData("", "/v2", "/users", "/v2/users")]
    [InlineData("", "/v2", "//users", "/v2//users")]
    [InlineData("/api", "", "*", "*")]
    [InlineData("", "/v2", "*", "*")]
    public void Apply_Prefixes_AreExchanged(string strip, string add, string path, string expected) =>
        Apply(new PathRewrite(strip, add, normalize: false), path).ShouldBe(expected);

    [Theory]
    [InlineData("/%61pi/users", "/users")]
    [InlineData("//api//users", "/users")]
    [InlineData("/x/../api/users", "/users")]
    [InlineData("/api/./a/../b", "/b")]
    [InlineData("/api/a/./b", "/a/./b")]
    [InlineData("/api/a%2Fb;x=1", "/a%2Fb;x=1")]
    public void Apply_UnusualSpellingOfThePrefix_IsTakenAwayAndTheRestStays(string path, string expected) =>
        Apply(new PathRewrite("/api", "", normalize: false), path).ShouldBe(expected);

    [Theory]
    [InlineData("", "", "/a/../b//%63", "/b/c")]
    [InlineData("/api", "/v2", "/x/../api//%75sers/.", "/v2/users/")]
    [InlineData("", "", "*", "*")]
    public void Apply_Normalizing_ServerGetsTheNormalSpelling(string strip, string add, string path, string expected) =>
        Apply(new PathRewrite(strip, add, normalize: true), path).ShouldBe(expected);

    private static string Apply(PathRewrite rewrite, string path) =>
        Encoding.ASCII.GetString(rewrite.Apply(Encoding.ASCII.GetBytes(path), new PathScratch()));
}
