namespace Atlas.Integration.Tests.Strictness;

/// <summary>Request heads that must be refused, by the rows of the accept/reject table, each with the status of the answer.
/// They are written from RFC 9110 and RFC 9112.</summary>
internal static class RefusedRequests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\n";
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n";
    private const string Chunks = "5\r\nhello\r\n0\r\n\r\n";

    public static IEnumerable<(string Row, int Status, string Request)> All() =>
        BothFramings()
            .Concat(TransferEncodings())
            .Concat(ContentLengths())
            .Concat(Names())
            .Concat(Values())
            .Concat(LineEnds())
            .Concat(Hosts())
            .Concat(Versions())
            .Concat(Targets())
            .Concat(Others());

    private static IEnumerable<(string Row, int Status, string Request)> BothFramings() =>
    [
        ("CL before TE", 400, $"{Post}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
        ("TE before CL", 400, $"{Post}Transfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n{Chunks}"),
        ("CL 0 and TE", 400, $"{Post}Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
        ("CL, another field, TE", 400, $"{Post}Content-Length: 15\r\nX: y\r\ntransfer-encoding: Chunked\r\n\r\n{Chunks}"),
        ("two CL and TE", 400, $"{Post}Content-Length: 15\r\nContent-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
        ("CL, TE, CL", 400, $"{Post}Content-Length: 15\r\nTransfer-Encoding: chunked\r\nContent-Length: 15\r\n\r\n{Chunks}"),
        ("CL no number, and TE", 400, $"{Post}Content-Length: +5\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
        ("CL and TE gzip", 501, $"{Post}Content-Length: 15\r\nTransfer-Encoding: gzip\r\n\r\n{Chunks}"),
        ("TE in HTTP/1.0", 400, $"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
        ("TE in HTTP/1.0 kept alive", 400, $"POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
        ("TE and CL in HTTP/1.0", 400, $"POST / HTTP/1.0\r\nContent-Length: 15\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}"),
    ];

    private static IEnumerable<(string Row, int Status, string Request)> TransferEncodings()
    {
        foreach ((int status, string value) in ((int, string)[])
        [
            (501, "gzip"), (501, "xchunked"), (501, "identity"), (501, "gzip, chunked"), (501, "x"),
            (400, "chunked, chunked"), (400, "chunked, gzip"), (400, ""), (400, "chunked,"), (400, ", chunked"),
            (400, "chunked;a=b"), (400, "chun ked"), (400, "\"chunked\""), (501, "'chunked'"), (400, "chunked\0"),
            (400, "\u000Bchunked"), (400, "chunked\u000B"), (400, "chunked\xA0"), (400, "[chunked]"), (400, "chunked\r\n\tgzip"),
            (400, "\r\n chunked"), (400, "chunked\rX"), (400, "chunked\nX: y"), (400, "chunked \x7F"),
        ])
        {
            yield return ($"TE '{value}'", status, $"{Post}Transfer-Encoding: {value}\r\n\r\n{Chunks}");
        }

        yield return ("TE twice", 400, $"{Post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}");
        yield return ("TE chunked, then gzip", 400, $"{Post}Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n{Chunks}");
        yield return ("TE gzip, then chunked", 501, $"{Post}Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n{Chunks}");
        foreach (string name in (string[])
        [
            "Transfer_Encoding", "TRANSFER_ENCODING", "Transfer-Encoding ", "Transfer-Encoding\t", " Transfer-Encoding",
            "Transfer-Encoding\u000B", "Transfer-Encoding\0", "Transfer Encoding", "Transfer-Encoding\r", "Transfer\xADEncoding",
            "Content_Length", "Content-Length ", "\"Transfer-Encoding\"", "Transfer-Encoding,", "(Transfer-Encoding",
        ])
        {
            yield return ($"TE look-alike '{name}'", 400, $"{Post}{name}: chunked\r\n\r\n{Chunks}");
        }
    }

    private static IEnumerable<(string Row, int Status, string Request)> ContentLengths()
    {
        foreach (string value in (string[])
        [
            "", "+1", "-1", "0x1", "1_0", "1 0", "1.0", "1,", ",1", "5, 5", "5,6", "\"5\"", "5;", "5a", "a", "\xB2", "1e1", "5\u000B",
            "9223372036854775808", "18446744073709551621", "99999999999999999999999999999999", "\r\n 5", "5\r\n 0",
        ])
        {
            yield return ($"CL '{value}'", 400, $"{Post}Content-Length: {value}\r\n\r\nhello");
        }

        yield return ("two CL, different", 400, $"{Post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!");
        yield return ("two CL, equal", 400, $"{Post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
        yield return ("two CL, equal numbers", 400, $"{Post}Content-Length: 5\r\nContent-Length: 05\r\n\r\nhello");
        yield return ("two CL, apart", 400, $"{Post}Content-Length: 5\r\nX: y\r\ncontent-length: 5\r\n\r\nhello");
        foreach (string method in (string[])["GET", "HEAD", "DELETE"])
        {
            yield return ($"CL on {method} of HTTP/1.0", 400, $"{method} / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        }
    }

    private static IEnumerable<(string Row, int Status, string Request)> Names() =>
    [
        ("space before colon", 400, $"{Get}Name : x\r\n\r\n"),
        ("tab before colon", 400, $"{Get}Name\t: x\r\n\r\n"),
        ("empty name", 400, $"{Get}: x\r\n\r\n"),
        ("no colon", 400, $"{Get}Name\r\n\r\n"),
        ("NUL in name", 400, $"{Get}Na\0me: x\r\n\r\n"),
        ("control in name", 400, $"{Get}Na\u0001me: x\r\n\r\n"),
        ("DEL in name", 400, $"{Get}Na\x7Fme: x\r\n\r\n"),
        ("obs-text in name", 400, $"{Get}N\xE9me: x\r\n\r\n"),
        ("space in name", 400, $"{Get}Na me: x\r\n\r\n"),
        ("parenthesis in name", 400, $"{Get}Na(me): x\r\n\r\n"),
        ("slash in name", 400, $"{Get}Na/me: x\r\n\r\n"),
        ("space before the first name", 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
        ("obs-fold by space", 400, $"{Get}Name: x\r\n y\r\n\r\n"),
        ("obs-fold by tab", 400, $"{Get}Name: x\r\n\ty\r\n\r\n"),
        ("obs-fold of nothing", 400, $"{Get}Name: x\r\n \r\n\r\n"),
        ("obs-fold of a field", 400, $"{Get}Name: x\r\n Transfer-Encoding: chunked\r\n\r\n"),
    ];

    private static IEnumerable<(string Row, int Status, string Request)> Values() =>
        Enumerable.Range(0, 32).Append(127)
            .Where(code => code is not ('\t' or '\r' or '\n'))
            .Select(code => ($"control {code} in value", 400, $"{Get}Name: x{(char)code}y\r\n\r\n"));

    private static IEnumerable<(string Row, int Status, string Request)> LineEnds() =>
    [
        ("bare CR in value", 400, $"{Get}Name: x\ry\r\n\r\n"),
        ("bare CR before CRLF", 400, $"{Get}Name: x\r\r\n\r\n"),
        ("CR at a field's start", 400, $"{Get}\rName: x\r\n\r\n"),
        ("bare LF after a field", 400, $"{Get}Name: x\nOther: y\r\n\r\n"),
        ("bare LF at the end", 400, $"{Get}Name: x\r\n\n"),
        ("bare LF twice", 400, $"{Get}Name: x\n\n"),
        ("bare LF in every line", 400, "GET / HTTP/1.1\nHost: a\nName: x\n\n"),
        ("bare LF in every line, with a length", 400, "POST / HTTP/1.0\nContent-Length: 5\n\nhello"),
        ("bare LF in every line, chunked", 400, $"POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n{Chunks}"),
        ("bare LF in every line, CL and TE", 400, $"POST / HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked\n\n{Chunks}"),
        ("bare LF in all lines but the request line", 400, "GET / HTTP/1.1\r\nHost: a\nName: x\n\n"),
        ("bare LF in all lines but the last", 400, "GET / HTTP/1.1\nHost: a\nName: x\n\r\n"),
        ("bare LF after the request line", 400, "GET / HTTP/1.1\nHost: a\r\n\r\n"),
        ("bare CR after the request line", 400, "GET / HTTP/1.1\rHost: a\r\n\r\n"),
        ("bare LF before the request line", 400, $"\n{Get}\r\n"),
    ];

    private static IEnumerable<(string Row, int Status, string Request)> Hosts()
    {
        yield return ("no Host", 400, "GET / HTTP/1.1\r\nAccept: x\r\n\r\n");
        yield return ("no Host, no field", 400, "GET / HTTP/1.1\r\n\r\n");
        yield return ("Host twice, equal", 400, $"{Get}Host: a\r\n\r\n");
        yield return ("Host twice, in another case", 400, $"{Get}host: A\r\n\r\n");
        yield return ("Host twice, equal, and two CL, equal", 400, $"{Post}Host: a\r\nContent-Length: 5, 5\r\n\r\nhello");
        yield return ("Host twice, different", 400, $"{Get}host: b\r\n\r\n");
        foreach (string host in (string[])
        [
            "", "user@a", "user:secret@a", "a b", "a/b", "a?b", "a#b", "a\\b", "<a>", "\xE9", ":80", "a:b", "a:80:80", "a:+8", "a:-1",
            "a:65536", "::1", "[::1", "[::1]x", "[]", "[::1%eth0]", "[1.2.3.4]", "a%", "a%zz", "a%00", "a, b", "a\tb", "http://a",
        ])
        {
            yield return ($"Host '{host}'", 400, $"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        }

        foreach ((string authority, string host) in ((string, string)[])
        [
            ("a", "b"), ("a", "a:81"), ("a:8080", "a"), ("a:80", "a:443"), ("[::1]", "[::2]"), ("a", "a.b"),
        ])
        {
            yield return ($"Host {host}, target {authority}", 400, $"GET http://{authority}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
        }
    }

    private static IEnumerable<(string Row, int Status, string Request)> Versions()
    {
        yield return ("HTTP/0.9", 400, "GET /\r\n");
        yield return ("method alone", 400, "GET\r\n");
        foreach ((int status, string version) in ((int, string)[])
        [
            (400, "HTTP/1.32"), (400, "HTTP/1"), (400, "HTTP/1."), (400, "HTTP/11"), (400, "http/1.1"), (400, "HTTP/1.1 "),
            (400, "HTTP/1.1\t"), (400, " HTTP/1.1"), (400, "RTSP/1.0"), (400, "HTTP/1.1\0"), (400, "HTTP/01.1"), (400, "HTTP /1.1"),
            (400, "HTTP/1.1 HTTP/1.1"), (505, "HTTP/2.0"), (505, "HTTP/0.9"), (505, "HTTP/1.2"), (505, "HTTP/3.0"), (505, "HTTP/9.9"),
        ])
        {
            yield return ($"version '{version}'", status, $"GET / {version}\r\nHost: a\r\n\r\n");
        }

        yield return ("a preface of no version", 505, "PRI * HTTP/2.1\r\n\r\nSM\r\n\r\n");
        foreach (string method in (string[])["get", "Get", "pOST", "options", "G(T", "G\0T", "GET:", "\tGET", " GET", "\x16\x03\x01", "G\xC9T"])
        {
            yield return ($"method '{method}'", 400, $"{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }

    private static IEnumerable<(string Row, int Status, string Request)> Targets()
    {
        foreach (string target in (string[])
        [
            "/a b", "/#x", "#", "/\0", "/\u0001", "/\x7F", "/\xE9", "/\"", "/<", "/>", "/\\", "/^", "/`", "/{", "/|", "/}", "/?\t", "",
            "/%", "/%1", "/%zz", "/%00", "/?a=%00", "*", "a", "?x", "a:80", "http:/a", "http://", "http:///x", "http://user@a/", "ftp://a/",
            "http://a:99999/", "//\\a",
        ])
        {
            yield return ($"target '{target}'", 400, $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
        }
    }

    private static IEnumerable<(string Row, int Status, string Request)> Others() =>
    [
        ("unknown expectation", 417, $"{Post}Content-Length: 5\r\nExpect: 200-ok\r\n\r\nhello"),
        ("two expectations", 417, $"{Post}Content-Length: 5\r\nExpect: 100-continue, x\r\n\r\nhello"),
    ];
}
