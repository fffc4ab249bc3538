using System.Text;
using Atlas.Core.Routing;
using CsCheck;

namespace Atlas.Core.Tests.Routing;

public sealed class PathSpellingTests
{
    private static readonly string[] Parts =
        ["/", "/", "//", ".", "..", "a", "b", "%2e", "%2E%2e", "%2f", "%5C", "%61", "%3b", "%25", "%c3%a9", ";", "[", "A"];

    private static readonly Gen<string> Paths =
        Gen.Int[0, Parts.Length - 1].Array[0, 9].Select(parts => "/" + string.Concat(parts.Select(part => Parts[part])));

    [Theory]
    [InlineData("", "/")]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("//a///b/", "/a/b/")]
    [InlineData("/api/../admin", "/admin")]
    [InlineData("/api/%2e%2E/admin", "/admin")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/../..", "/")]
    [InlineData("/./a/.", "/a/")]
    [InlineData("/%61%7e%2D", "/a~-")]
    [InlineData("/a%2fb%3bc%3f%20%c3%a9", "/a%2Fb%3Bc%3F%20%C3%A9")]
    [InlineData("/a;x=1/[b]", "/a;x=1/[b]")]
    public void Write_Path_HasItsNormalSpelling(string path, string expected) => Spell(path).ShouldBe(expected);

    [Fact]
    public void Write_AnyPath_MeansTheSameAndIsItsOwnSpelling() => Paths.Sample(path =>
    {
        if (!TryNormalize(path, out string compared))
        {
            return;
        }

        string spelled = Spell(path);

        TryNormalize(spelled, out string again).ShouldBeTrue();
        again.ShouldBe(compared);
        Spell(spelled).ShouldBe(spelled);
        spelled.ShouldNotContain("//");
    });

    private static string Spell(string path)
    {
        byte[] raw = Encoding.ASCII.GetBytes(path);
        byte[] destination = new byte[Math.Max(1, raw.Length)];
        return Encoding.ASCII.GetString(destination, 0, PathSpelling.Write(raw, destination));
    }

    private static bool TryNormalize(string path, out string compared)
    {
        byte[] raw = Encoding.ASCII.GetBytes(path);
        bool isOk = RequestPath.Normalize(raw, EncodedSlashPolicy.Keep, new byte[raw.Length], out var form) == PathStatus.Ok;
        compared = Encoding.Latin1.GetString(form);
        return isOk;
    }
}
