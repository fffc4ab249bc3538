using System.Text;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Answers;
using CsCheck;

namespace Atlas.Proxy.Tests.Answers;

public sealed class LocationTemplateTests
{
    [Theory]
    [InlineData("/new/{rest}", "/old/a/b", "a/b", null, "/new/a/b")]
    [InlineData("/new/{rest}{query}", "/old/", "", "x=1", "/new/?x=1")]
    [InlineData("/new/{rest}{query}", "/old/a", "a", "", "/new/a?")]
    [InlineData("/new/{rest}{query}", "/old/a", "a", null, "/new/a")]
    [InlineData("https://{host}{path}{query}", "/a", "", "q", "https://h.example/a?q")]
    [InlineData("{scheme}://{host}{path}", "/a", "", null, "http://h.example:8080/a")]
    [InlineData("{scheme}://www.{host}{path}", "/a", "", null, "http://www.h.example/a")]
    [InlineData("{path}/", "/a", "", null, "/a/")]
    [InlineData("{path}", "//evil.example/x", "", null, "/evil.example/x")]
    [InlineData("{path}", "", "", null, "/")]
    [InlineData("https://{host}{path}", "*", "", null, "https://h.example/")]
    [InlineData("/x?from={path}", "/a[1]", "", null, "/x?from=/a%5B1%5D")]
    [InlineData("/x{query}", "/", "", "a[]=1", "/x?a%5B%5D=1")]
    public void Write_Placeholders_AreTheRequests(string template, string path, string rest, string? query, string expected) =>
        Write(template, path, rest, query).ShouldBe(expected);

    [Fact]
    public void Write_WhateverTheClientSends_IsALineOfAUriOnThisHost()
    {
        const string characters = "!$&'()*+,-./0:;=?@[]_az~%2f%0d%0a//";
        var text = Gen.Char[characters].Array[0, 12].Select(part => new string(part));
        Gen.Select(text, text).Sample((path, query) =>
        {
            string location = Write("{path}{query}", "/" + path.Replace("?", "", StringComparison.Ordinal), "", query);

            location[0].ShouldBe('/');
            location.ShouldNotStartWith("//");
            location.ShouldAllBe(c => c > ' ' && c < 127 && c != '[' && c != ']');
        });
    }

    private static string Write(string template, string path, string rest, string? query)
    {
        byte[] destination = new byte[1000];
        var writer = new HeadWriter(destination);
        var request = new AnsweredRequest
        {
            Scheme = "http"u8,
            Host = "h.example"u8,
            Authority = "h.example:8080"u8,
            Path = Encoding.ASCII.GetBytes(path),
            Rest = Encoding.ASCII.GetBytes(rest),
            HasQuery = query is not null,
            Query = Encoding.ASCII.GetBytes(query ?? ""),
        };
        new LocationTemplate(template).Write(ref writer, request);
        return Encoding.ASCII.GetString(destination, 0, writer.Written);
    }
}
