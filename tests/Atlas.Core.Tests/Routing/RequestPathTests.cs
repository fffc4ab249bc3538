using System.Text;
using Atlas.Core.Routing;
using CsCheck;

namespace Atlas.Core.Tests.Routing;

public sealed class RequestPathTests
{
    // Small, so that dots, slashes and their encoded forms often meet.
    private static readonly string[] Parts =
        ["/", "/", "/", "//", ".", "..", "a", "b", "%2e", "%2E%2e", "%2f", "%5C", "%61", "%25", ";", "..;", "%zz", "%00", "é", "A"];

    private static readonly Gen<string> Paths =
        Gen.Int[0, Parts.Length - 1].Array[0, 9].Select(parts => "/" + string.Concat(parts.Select(part => Parts[part])));

    [Theory]
    [InlineData("", "/")]
    [InlineData("*", "*")]
    [InlineData("/", "/")]
    [InlineData("/%61pi/", "/api/")]
    [InlineData("/%7Euser", "/~user")]
    [InlineData("/a%20b", "/a b")]
    [InlineData("/caf%C3%A9", "/café")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("/a%252e%252e/b", "/a%252e%252e/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/%2e/b", "/a/b")]
    [InlineData("/api/../admin", "/admin")]
    [InlineData("/api/%2e%2e/admin", "/admin")]
    [InlineData("/api/.%2E/admin", "/admin")]
    [InlineData("/..", "/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/.", "/a/")]
    [InlineData("//api", "/api")]
    [InlineData("//a///b//", "/a/b/")]
    [InlineData("/a//b/../c", "/a/c")]
    [InlineData("//../a", "/a")]
    [InlineData("/a;x=1/b", "/a;x=1/b")]
    [InlineData("/a%3Bx/b", "/a;x/b")]
    [InlineData("/.well-known/x", "/.well-known/x")]
    [InlineData("/.../x", "/.../x")]
    [InlineData("/api%2fadmin", "/api%2Fadmin")]
    [InlineData("/api%5cadmin", "/api%5Cadmin")]
    [InlineData("/API", "/API")]
    [InlineData("/a%0Ab", "/a\nb")]
    public void Normalize_Path_HasOneForm(string raw, string expected) => Normalize(raw).ShouldBe((PathStatus.Ok, expected));

    [Theory]
    [InlineData("/api//../admin", PathStatus.Ambiguous)]
    [InlineData("/a//b/../../c", PathStatus.Ambiguous)]
    [InlineData("/a//./%2e%2e/c", PathStatus.Ambiguous)]
    [InlineData("/api/..;/admin", PathStatus.Ambiguous)]
    [InlineData("/api/..;x=1/admin", PathStatus.Ambiguous)]
    [InlineData("/api/..%3b/admin", PathStatus.Ambiguous)]
    [InlineData("/api/%2e.;", PathStatus.Ambiguous)]
    [InlineData("/api/.;/admin", PathStatus.Ambiguous)]
    [InlineData("/a%2f..%2fb", PathStatus.Ambiguous)]
    [InlineData("/a%2f..", PathStatus.Ambiguous)]
    [InlineData("/..%5cb", PathStatus.Ambiguous)]
    [InlineData("/a%5c..;%2fb", PathStatus.Ambiguous)]
    [InlineData("/a%5c%2e", PathStatus.Ambiguous)]
    [InlineData("/a%00", PathStatus.EncodedNul)]
    [InlineData("/%00/..", PathStatus.EncodedNul)]
    [InlineData("/a%", PathStatus.Malformed)]
    [InlineData("/a%2", PathStatus.Malformed)]
    [InlineData("/a%2g", PathStatus.Malformed)]
    [InlineData("/a b", PathStatus.Malformed)]
    [InlineData("/a#b", PathStatus.Malformed)]
    [InlineData("/a?b", PathStatus.Malformed)]
    [InlineData("/a\\b", PathStatus.Malformed)]
    [InlineData("/a\0", PathStatus.Malformed)]
    [InlineData("/é", PathStatus.Malformed)]
    [InlineData("a", PathStatus.Malformed)]
    [InlineData("**", PathStatus.Malformed)]
    public void Normalize_WhatServersReadDifferently_IsRefused(string raw, PathStatus status) => Normalize(raw).ShouldBe((status, ""));

    [Theory]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("/a%5cb", "/a/b")]
    [InlineData("/%2fevil.example/", "/evil.example/")]
    [InlineData("//%5C%2fevil.example", "/evil.example")]
    [InlineData("/a/%2F/%20", "/a/%20")]
    public void WriteWithSlashes_EncodedSlash_IsASlash(string raw, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(raw);
        byte[] written = new byte[bytes.Length];

        Normalize(raw, EncodedSlashPolicy.Reject).Status.ShouldBe(PathStatus.EncodedSlash);
        Normalize(raw, EncodedSlashPolicy.Redirect).Status.ShouldBe(PathStatus.Redirect);
        Encoding.UTF8.GetString(written, 0, RequestPath.WriteWithSlashes(bytes, written)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("/api/x", "/api/", "/x")]
    [InlineData("/api/x", "/api", "/x")]
    [InlineData("/api", "/api", "")]
    [InlineData("/api/", "/api/", "/")]
    [InlineData("/api/x", "/", "/api/x")]
    [InlineData("/apix", "/api", null)]
    [InlineData("/ap", "/api", null)]
    [InlineData("*", "/", null)]
    [InlineData("/%61pi/%78", "/api/", "/%78")]
    [InlineData("//api//x//y", "/api/", "/x//y")]
    [InlineData("/api/./x", "/api/", "/x")]
    [InlineData("/api//", "/api/", "/")]
    [InlineData("/api/.", "/api/", "/.")]
    [InlineData("/api/x/..", "/api/", "/x/..")]
    [InlineData("/api/x/../y", "/api/", "/y")]
    [InlineData("/b/../api/x", "/api/", "/x")]
    [InlineData("/api/../api/x%2Fy", "/api/", "/x%2Fy")]
    [InlineData("/../x", "/", "/x")]
    public void RestStart_Prefix_LeavesTheRestAsItCame(string raw, string prefix, string? rest)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(raw);
        RequestPath.Normalize(bytes, EncodedSlashPolicy.Keep, new byte[bytes.Length], out var path).ShouldBe(PathStatus.Ok);

        int start = RequestPath.RestStart(bytes, path, Encoding.UTF8.GetBytes(prefix));

        (start < 0 ? null : Encoding.UTF8.GetString(bytes.AsSpan(start))).ShouldBe(rest);
    }

    [Fact]
    public void Normalize_AnyPath_IsWhatAReaderOfSegmentsSays() => Paths.Sample(raw =>
    {
        var (status, path) = Normalize(raw);
        (PathStatus, string) expected = ReferencePath.Read(raw);

        (status, path).ShouldBe(expected, raw);
    });

    [Fact]
    public void Normalize_ItsOwnResult_ChangesNothingMore() => Paths.Sample(raw =>
    {
        var (status, path) = Normalize(raw);
        if (status == PathStatus.Ok && !path.Contains('é', StringComparison.Ordinal))
        {
            Normalize(path).ShouldBe((PathStatus.Ok, path), raw);
        }
    });

    [Fact]
    public void RestStart_AnyPrefixOfAnyPath_MeansTheSameAsTheRestOfTheForm() => Gen.Select(Paths, Gen.Int[0, 8]).Sample((raw, count) =>
    {
        var (status, path) = Normalize(raw);
        if (status != PathStatus.Ok)
        {
            return;
        }

        string prefix = string.Concat(path.Split('/').Skip(1).Take(Math.Min(count, path.Count(c => c == '/'))).Select(segment => "/" + segment));
        int start = RequestPath.RestStart(Encoding.UTF8.GetBytes(raw), Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(prefix));
        string rest = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(raw).AsSpan(start));
        string expected = path[prefix.TrimEnd('/').Length..];

        rest.StartsWith("//", StringComparison.Ordinal).ShouldBeFalse(raw);
        (rest.Length == 0 ? "" : Normalize(rest).Path).ShouldBe(expected, $"{raw} without {prefix}");
    });

    [Fact]
    public void Normalize_ShortScratch_IsTheCallersFault() =>
        Should.Throw<ArgumentException>(() => RequestPath.Normalize("/%61"u8, EncodedSlashPolicy.Keep, new byte[3], out _));

    [Fact]
    public void Normalize_UsualPath_IsNotCopied()
    {
        byte[] raw = "/api/v1/users"u8.ToArray();

        RequestPath.Normalize(raw, EncodedSlashPolicy.Keep, [], out var path).ShouldBe(PathStatus.Ok);

        (path == raw).ShouldBeTrue();
    }

    [Fact]
    public void Normalize_LongestHostilePath_TakesLinearTime()
    {
        byte[] raw = Encoding.UTF8.GetBytes("/" + string.Concat(Enumerable.Repeat("%2F", 400_000)));

        RequestPath.Normalize(raw, EncodedSlashPolicy.Keep, new byte[raw.Length], out var path).ShouldBe(PathStatus.Ok);

        path.Length.ShouldBe(raw.Length);
    }

    private static (PathStatus Status, string Path) Normalize(string raw, EncodedSlashPolicy policy = EncodedSlashPolicy.Keep)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(raw);
        PathStatus status = RequestPath.Normalize(bytes, policy, new byte[bytes.Length], out var path);
        return (status, Encoding.UTF8.GetString(path));
    }
}
