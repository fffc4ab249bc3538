using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>What is refused because servers read it in different ways, with the cause and the answer of each.</summary>
public sealed class RequestStrictnessTests
{
    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", HttpError.ContentLengthWithTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5", HttpError.ContentLengthWithTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 0", HttpError.ContentLengthWithTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: gzip", HttpError.UnknownTransferCoding, 501)]
    [InlineData("Transfer-Encoding: identity", HttpError.UnknownTransferCoding, 501)]
    [InlineData("Transfer-Encoding: xchunked", HttpError.UnknownTransferCoding, 501)]
    [InlineData("Transfer-Encoding: gzip, chunked", HttpError.UnknownTransferCoding, 501)]
    [InlineData("Transfer-Encoding: gzip;q=1, chunked", HttpError.UnknownTransferCoding, 501)]
    [InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", HttpError.UnknownTransferCoding, 501)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked, chunked", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked, gzip", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding:", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked,", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: ,chunked", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: gzip,, chunked", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: \"chunked\"", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked;a=b", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chun ked", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked chunked", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: chunked\xA0", HttpError.InvalidTransferEncoding, 400)]
    [InlineData("Transfer-Encoding: \u000Bchunked", HttpError.InvalidFieldValue, 400)]
    [InlineData("Transfer-Encoding: chunked\0", HttpError.InvalidFieldValue, 400)]
    [InlineData("Transfer-Encoding\x0B: chunked", HttpError.InvalidFieldName, 400)]
    [InlineData("Transfer_Encoding: chunked", HttpError.FramingLookAlike, 400)]
    [InlineData("transfer_encoding: chunked", HttpError.FramingLookAlike, 400)]
    [InlineData("Content_Length: 5", HttpError.FramingLookAlike, 400)]
    [InlineData("CONTENT_LENGTH: 5", HttpError.FramingLookAlike, 400)]
    public void Request_OddTransferEncoding_IsRefused(string fields, HttpError error, int status) => Check(fields, error, status);

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", HttpError.DuplicateContentLength, 400)]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", HttpError.DuplicateContentLength, 400)]
    [InlineData("Content-Length: 5, 5", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: 5, 6", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: +1", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: -1", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: 0x1", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: 1_0", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: 1 0", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: 1.0", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: \"1\"", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: \xB2", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length:", HttpError.InvalidContentLength, 400)]
    [InlineData("Content-Length: 9223372036854775808", HttpError.ContentLengthOverflow, 400)]
    [InlineData("Content-Length: 18446744073709551621", HttpError.ContentLengthOverflow, 400)]
    [InlineData("Content-Length: 99999999999999999999999999", HttpError.ContentLengthOverflow, 400)]
    public void Request_OddContentLength_IsRefused(string fields, HttpError error, int status) => Check(fields, error, status);

    [Theory]
    [InlineData("Name : value", HttpError.SpaceBeforeColon, 400)]
    [InlineData("Name\t: value", HttpError.SpaceBeforeColon, 400)]
    [InlineData("Content-Length : 5", HttpError.SpaceBeforeColon, 400)]
    [InlineData(": value", HttpError.EmptyFieldName, 400)]
    [InlineData(" Name: value", HttpError.ObsoleteFold, 400)]
    [InlineData("Name: value\r\n folded", HttpError.ObsoleteFold, 400)]
    [InlineData("Name: value\r\n\tfolded", HttpError.ObsoleteFold, 400)]
    [InlineData("Name: value\r\n \r\nOther: x", HttpError.ObsoleteFold, 400)]
    [InlineData("Name", HttpError.MissingColon, 400)]
    [InlineData("Na\x01me: value", HttpError.InvalidFieldName, 400)]
    [InlineData("Na\0me: value", HttpError.InvalidFieldName, 400)]
    [InlineData("Na\x7Fme: value", HttpError.InvalidFieldName, 400)]
    [InlineData("Na\xE9me: value", HttpError.InvalidFieldName, 400)]
    [InlineData("Na(me: value", HttpError.InvalidFieldName, 400)]
    [InlineData("Na\"me: value", HttpError.InvalidFieldName, 400)]
    [InlineData("[Name]: value", HttpError.InvalidFieldName, 400)]
    [InlineData("Na\rme: value", HttpError.BareCrInFieldLine, 400)]
    [InlineData("Na\nme: value", HttpError.BareLfInFieldLine, 400)]
    [InlineData("\rName: value", HttpError.BareCrInFieldLine, 400)]
    [InlineData("\nName: value", HttpError.BareLfInFieldLine, 400)]
    [InlineData("Name: va\0lue", HttpError.InvalidFieldValue, 400)]
    [InlineData("Name: va\x01lue", HttpError.InvalidFieldValue, 400)]
    [InlineData("Name: va\x1Flue", HttpError.InvalidFieldValue, 400)]
    [InlineData("Name: va\x7Flue", HttpError.InvalidFieldValue, 400)]
    [InlineData("Name: va\rlue", HttpError.BareCrInFieldLine, 400)]
    [InlineData("Name: value\r\r\n", HttpError.BareCrInFieldLine, 400)]
    [InlineData("Name: value\nOther: x", HttpError.BareLfInFieldLine, 400)]
    [InlineData("Name: value\n", HttpError.BareLfInFieldLine, 400)]
    public void Request_OddFieldLine_IsRefused(string fields, HttpError error, int status) => Check(fields, error, status);

    [Theory]
    [InlineData("Host: b", HttpError.DuplicateHost)]
    [InlineData("Host: a", HttpError.DuplicateHost)]
    public void Request_SecondHost_IsRefused(string fields, HttpError error) => Check(fields, error, 400);

    [Theory]
    [InlineData("")]
    [InlineData("user@a")]
    [InlineData("user:password@a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a\\b")]
    [InlineData("<a>")]
    [InlineData("\"a\"")]
    [InlineData("\xE9")]
    [InlineData(":80")]
    [InlineData("a:b")]
    [InlineData("a:80:80")]
    [InlineData("a:+80")]
    [InlineData("a:-1")]
    [InlineData("a:65536")]
    [InlineData("a:100000")]
    [InlineData("a:080000")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("[::1]a")]
    [InlineData("[::1]:x")]
    [InlineData("[]")]
    [InlineData("[::1%eth0]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[:::1]")]
    [InlineData("[1:2]")]
    [InlineData("a%")]
    [InlineData("a%2")]
    [InlineData("a%zz")]
    [InlineData("a%00")]
    public void Request_InvalidHost_IsRefused(string host)
    {
        Requests.Refuse($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").ShouldBe(HttpError.InvalidHost);
        Requests.Refuse($"GET / HTTP/1.0\r\nHost: {host}\r\n\r\n").ShouldBe(HttpError.InvalidHost);
    }

    [Fact]
    public void Request_Http11WithoutHost_IsRefused() =>
        Requests.Refuse("GET / HTTP/1.1\r\nAccept: */*\r\n\r\n").ShouldBe(HttpError.MissingHost);

    [Theory]
    [InlineData("Transfer-Encoding: chunked", HttpError.TransferEncodingInHttp10)]
    [InlineData("Transfer-Encoding: gzip", HttpError.TransferEncodingInHttp10)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", HttpError.TransferEncodingInHttp10)]
    public void Request_TransferEncodingInHttp10_IsRefused(string fields, HttpError error) =>
        Requests.Refuse($"POST / HTTP/1.0\r\n{fields}\r\n\r\n").ShouldBe(error);

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public void Request_ContentLengthOnMethodWithoutBody_IsRefusedInHttp10Only(string method)
    {
        Requests.Refuse($"{method} / HTTP/1.0\r\nContent-Length: 5\r\n\r\n").ShouldBe(HttpError.ContentLengthNotAllowed);
        Requests.Accept($"{method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n").ContentLength.ShouldBe(5);
        Requests.Accept("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n").ContentLength.ShouldBe(5);
    }

    [Theory]
    [InlineData("GET /\r\n", HttpError.MissingVersion, 400)]
    [InlineData("GET / \r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1.32\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1.\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1.x\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/11\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / http/1.1\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1.1 \r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1.1\t\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET /  HTTP/1.1\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET /\tHTTP/1.1\r\n", HttpError.InvalidTarget, 400)]
    [InlineData("GET / RTSP/1.0\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/1.1\0\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("GET / HTTP/2.0\r\n", HttpError.VersionNotSupported, 505)]
    [InlineData("GET / HTTP/0.9\r\n", HttpError.VersionNotSupported, 505)]
    [InlineData("GET / HTTP/1.2\r\n", HttpError.VersionNotSupported, 505)]
    [InlineData("PRI * HTTP/2.0\r\n", HttpError.VersionNotSupported, 505)]
    [InlineData("GET / HTTP/1.1\n", HttpError.BareLfInStartLine, 400)]
    [InlineData("GET / HTTP/1.1\r\r\n", HttpError.BareCrInStartLine, 400)]
    [InlineData("GET /\n", HttpError.BareLfInStartLine, 400)]
    [InlineData("GET\n", HttpError.BareLfInStartLine, 400)]
    [InlineData("GET\r\n", HttpError.InvalidMethod, 400)]
    [InlineData("PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n", HttpError.UnexpectedProxyHeader, 400)]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 4711 443\r\n", HttpError.UnexpectedProxyHeader, 400)]
    [InlineData("PROXY UNKNOWN\r\n", HttpError.UnexpectedProxyHeader, 400)]
    [InlineData("\r\n\r\n\0\r\nQUIT\n!\x11\0\f", HttpError.UnexpectedProxyHeader, 400)]
    [InlineData("\r\n\0\r\nQUIT\n", HttpError.InvalidMethod, 400)]
    [InlineData("PROXY TCP5 192.0.2.1\r\n", HttpError.InvalidVersion, 400)]
    [InlineData("PROXY TCP4\n", HttpError.BareLfInStartLine, 400)]
    [InlineData("GET\rX", HttpError.BareCrInStartLine, 400)]
    [InlineData("GET /\rX", HttpError.BareCrInStartLine, 400)]
    public void Request_OddVersionOrLineEnd_IsRefused(string line, HttpError error, int status) =>
        CheckLine(line, error, status);

    [Theory]
    [InlineData("get", HttpError.MethodNotUpperCase)]
    [InlineData("Get", HttpError.MethodNotUpperCase)]
    [InlineData("pOST", HttpError.MethodNotUpperCase)]
    [InlineData("connect", HttpError.MethodNotUpperCase)]
    [InlineData("options", HttpError.MethodNotUpperCase)]
    [InlineData("", HttpError.InvalidMethod)]
    [InlineData("G(T", HttpError.InvalidMethod)]
    [InlineData("G\0T", HttpError.InvalidMethod)]
    [InlineData("\xC7\xC5T", HttpError.InvalidMethod)]
    [InlineData("GET:", HttpError.InvalidMethod)]
    [InlineData("\tGET", HttpError.InvalidMethod)]
    [InlineData("\x16\x03\x01", HttpError.UnexpectedTls)]
    [InlineData("\x16GET", HttpError.InvalidMethod)]
    [InlineData("\r\n\x16\x03\x01", HttpError.InvalidMethod)]
    public void Request_OddMethod_IsRefused(string method, HttpError error) =>
        CheckLine($"{method} / HTTP/1.1\r\n", error, 400);

    [Theory]
    [InlineData("#")]
    [InlineData("/#fragment")]
    [InlineData("/\0")]
    [InlineData("/\x01")]
    [InlineData("/\x7F")]
    [InlineData("/\xE9")]
    [InlineData("/\"")]
    [InlineData("/<")]
    [InlineData("/>")]
    [InlineData("/\\")]
    [InlineData("/^")]
    [InlineData("/`")]
    [InlineData("/{")]
    [InlineData("/|")]
    [InlineData("/}")]
    [InlineData("/?\t")]
    [InlineData("")]
    public void Request_ByteNotOfAUri_IsRefused(string target) =>
        CheckLine($"GET {target} HTTP/1.1\r\n", HttpError.InvalidTarget, 400);

    [Theory]
    [InlineData("/%", HttpError.InvalidPercentEncoding)]
    [InlineData("/%1", HttpError.InvalidPercentEncoding)]
    [InlineData("/%zz", HttpError.InvalidPercentEncoding)]
    [InlineData("/%1z", HttpError.InvalidPercentEncoding)]
    [InlineData("/?a=%-1", HttpError.InvalidPercentEncoding)]
    [InlineData("/%%41", HttpError.InvalidPercentEncoding)]
    [InlineData("/%00", HttpError.EncodedNul)]
    [InlineData("/a%00b", HttpError.EncodedNul)]
    [InlineData("/?%00", HttpError.EncodedNul)]
    public void Request_BadPercentEncoding_IsRefused(string target, HttpError error) =>
        CheckLine($"GET {target} HTTP/1.1\r\n", error, 400);

    [Theory]
    [InlineData("GET *", HttpError.TargetFormNotAllowed)]
    [InlineData("OPTIONS *x", HttpError.TargetFormNotAllowed)]
    [InlineData("OPTIONS *?x", HttpError.TargetFormNotAllowed)]
    [InlineData("GET a:80", HttpError.TargetFormNotAllowed)]
    [InlineData("GET a", HttpError.TargetFormNotAllowed)]
    [InlineData("GET ?x", HttpError.TargetFormNotAllowed)]
    [InlineData("GET http:/a", HttpError.TargetFormNotAllowed)]
    [InlineData("CONNECT /", HttpError.TargetFormNotAllowed)]
    [InlineData("CONNECT *", HttpError.TargetFormNotAllowed)]
    [InlineData("CONNECT a", HttpError.InvalidAuthority)]
    [InlineData("CONNECT a:", HttpError.InvalidAuthority)]
    [InlineData("CONNECT a:0", HttpError.InvalidAuthority)]
    [InlineData("CONNECT a:80/", HttpError.InvalidAuthority)]
    [InlineData("CONNECT user@a:80", HttpError.InvalidAuthority)]
    [InlineData("CONNECT http://a:80", HttpError.InvalidAuthority)]
    [InlineData("GET ftp://a/", HttpError.UnsupportedScheme)]
    [InlineData("GET ://a/", HttpError.UnsupportedScheme)]
    [InlineData("GET a?http://a/", HttpError.UnsupportedScheme)]
    [InlineData("GET http://", HttpError.InvalidAuthority)]
    [InlineData("GET http:///a", HttpError.InvalidAuthority)]
    [InlineData("GET http://?a", HttpError.InvalidAuthority)]
    [InlineData("GET http://user@a/", HttpError.InvalidAuthority)]
    [InlineData("GET http://a:b@a/", HttpError.InvalidAuthority)]
    [InlineData("GET http://a:99999/", HttpError.InvalidAuthority)]
    public void Request_TargetFormThatDoesNotFit_IsRefused(string start, HttpError error) =>
        CheckLine($"{start} HTTP/1.1\r\n", error, 400);

    [Theory]
    [InlineData("GET http://a/", "b")]
    [InlineData("GET http://a/", "a:81")]
    [InlineData("GET http://a/", "a:443")]
    [InlineData("GET http://a:8080/", "a")]
    [InlineData("GET https://a/", "a:80")]
    [InlineData("GET http://[::1]/", "[::2]")]
    [InlineData("CONNECT a:443", "b:443")]
    [InlineData("CONNECT a:443", "a:80")]
    public void Request_HostOtherThanTarget_IsRefused(string start, string host) =>
        Requests.Refuse($"{start} HTTP/1.1\r\nHost: {host}\r\n\r\n").ShouldBe(HttpError.HostMismatch);

    [Theory]
    [InlineData("100-continu")]
    [InlineData("100-continue, x")]
    [InlineData("")]
    [InlineData("x")]
    public void Request_UnknownExpectation_IsRefused(string expectation) =>
        Check($"Expect: {expectation}", HttpError.UnknownExpectation, 417);

    private static void Check(string fields, HttpError error, int status)
    {
        Requests.Refuse($"POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n").ShouldBe(error);
        error.StatusCode().ShouldBe(status);
    }

    private static void CheckLine(string line, HttpError error, int status)
    {
        Requests.Refuse($"{line}Host: a\r\n\r\n").ShouldBe(error);
        error.StatusCode().ShouldBe(status);
    }
}
