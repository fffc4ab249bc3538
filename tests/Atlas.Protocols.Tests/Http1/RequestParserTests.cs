using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

public sealed class RequestParserTests
{
    [Fact]
    public void Parse_UsualRequest_GivesItsParts()
    {
        const string text = "POST /a/b?c=d&e HTTP/1.1\r\nHost: example.com:8080\r\nX-Custom:\t v \t\r\nEmpty:\r\n"
            + "content-LENGTH: 12\r\n\r\nbody of it..";
        byte[] bytes = Bytes.Of(text);

        RequestHead head = Requests.Accept(text);

        head.Method.ShouldBe(HttpMethod.Post);
        Bytes.Text(head.MethodName.Of(bytes)).ShouldBe("POST");
        Bytes.Text(head.Target.Of(bytes)).ShouldBe("/a/b?c=d&e");
        Bytes.Text(head.Path.Of(bytes)).ShouldBe("/a/b");
        Bytes.Text(head.Query.Of(bytes)).ShouldBe("c=d&e");
        head.HasQuery.ShouldBeTrue();
        head.Form.ShouldBe(TargetForm.Origin);
        head.Version.ShouldBe(HttpVersion.Http11);
        Bytes.Text(head.Authority.Of(bytes)).ShouldBe("example.com:8080");
        Bytes.Text(head.Host.Of(bytes)).ShouldBe("example.com");
        head.Port.ShouldBe(8080);
        head.Headers.Count.ShouldBe(4);
        head.Headers[0].Known.ShouldBe(KnownHeader.Host);
        Bytes.Text(head.Headers[1].Name.Of(bytes)).ShouldBe("X-Custom");
        Bytes.Text(head.Headers[1].Value.Of(bytes)).ShouldBe("v");
        head.Headers[1].Known.ShouldBe(KnownHeader.None);
        head.Headers[2].Value.IsEmpty.ShouldBeTrue();
        head.Headers[3].Known.ShouldBe(KnownHeader.ContentLength);
        head.Framing.ShouldBe(BodyFraming.Length);
        head.ContentLength.ShouldBe(12);
        head.KeepAlive.ShouldBeTrue();
        head.Length.ShouldBe(text.Length - 12);
    }

    [Theory]
    [InlineData("/", "/", "", false)]
    [InlineData("/?", "/", "", true)]
    [InlineData("/a?b?c", "/a", "b?c", true)]
    [InlineData("//a//b", "//a//b", "", false)]
    [InlineData("/%41%fF", "/%41%fF", "", false)]
    [InlineData("/a:b@c;d=e,f!$&'()*+~_-.", "/a:b@c;d=e,f!$&'()*+~_-.", "", false)]
    [InlineData("/[a]?[b]", "/[a]", "[b]", true)]
    public void Parse_OriginForm_GivesPathAndQuery(string target, string path, string query, bool hasQuery)
    {
        string text = $"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n";

        RequestHead head = Requests.Accept(text);

        head.Form.ShouldBe(TargetForm.Origin);
        Bytes.Text(head.Path.Of(Bytes.Of(text))).ShouldBe(path);
        Bytes.Text(head.Query.Of(Bytes.Of(text))).ShouldBe(query);
        head.HasQuery.ShouldBe(hasQuery);
    }

    [Theory]
    [InlineData("GET http://a/b?c", "a", "a", -1, "/b", "c")]
    [InlineData("GET http://A:80/", "a", "A:80", 80, "/", "")]
    [InlineData("GET http://a/", "a:80", "a", -1, "/", "")]
    [InlineData("GET HTTP://a", "a", "a", -1, "", "")]
    [InlineData("GET http://a?q", "a", "a", -1, "", "q")]
    [InlineData("GET http://a?q/r", "a", "a", -1, "", "q/r")]
    [InlineData("GET http://a:", "a", "a:", -1, "", "")]
    [InlineData("GET https://a/", "a:443", "a", -1, "/", "")]
    [InlineData("GET http://[::1]:81/", "[::1]:81", "[::1]:81", 81, "/", "")]
    [InlineData("OPTIONS http://a", "a", "a", -1, "", "")]
    public void Parse_AbsoluteForm_GivesAuthorityOfTheTarget(
        string start, string host, string authority, int port, string path, string query)
    {
        string text = $"{start} HTTP/1.1\r\nHost: {host}\r\n\r\n";

        RequestHead head = Requests.Accept(text);

        head.Form.ShouldBe(TargetForm.Absolute);
        head.IsHttpsTarget.ShouldBe(start.Contains("https", StringComparison.Ordinal));
        Bytes.Text(head.Authority.Of(Bytes.Of(text))).ShouldBe(authority);
        head.Authority.Offset.ShouldBeLessThan(text.IndexOf("Host", StringComparison.Ordinal));
        head.Port.ShouldBe(port);
        Bytes.Text(head.Path.Of(Bytes.Of(text))).ShouldBe(path);
        Bytes.Text(head.Query.Of(Bytes.Of(text))).ShouldBe(query);
    }

    [Theory]
    [InlineData("a:443", "a:443", "a", 443)]
    [InlineData("a:443", "a", "a", 443)]
    [InlineData("[::1]:80", "[::1]", "[::1]", 80)]
    public void Parse_AuthorityForm_GivesHostAndPort(string target, string field, string host, int port)
    {
        string text = $"CONNECT {target} HTTP/1.1\r\nHost: {field}\r\n\r\n";

        RequestHead head = Requests.Accept(text);

        head.Method.ShouldBe(HttpMethod.Connect);
        head.Form.ShouldBe(TargetForm.Authority);
        Bytes.Text(head.Host.Of(Bytes.Of(text))).ShouldBe(host);
        head.Port.ShouldBe(port);
        head.Path.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Parse_AsteriskForm_HasThePathAsterisk()
    {
        const string text = "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n";

        RequestHead head = Requests.Accept(text);

        head.Form.ShouldBe(TargetForm.Asterisk);
        Bytes.Text(head.Path.Of(Bytes.Of(text))).ShouldBe("*");
    }

    [Theory]
    [InlineData("a", -1)]
    [InlineData("a:", -1)]
    [InlineData("a:0", 0)]
    [InlineData("a:65535", 65535)]
    [InlineData("1.2.3.4:80", 80)]
    [InlineData("[::1]", -1)]
    [InlineData("[2001:db8::1]:443", 443)]
    [InlineData("[::ffff:1.2.3.4]:443", 443)]
    [InlineData("a_b-c.d~e!$&'()*+,;=", -1)]
    [InlineData("a%41", -1)]
    public void Parse_ValidHost_IsAccepted(string host, int port) =>
        Requests.Accept($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").Port.ShouldBe(port);

    [Fact]
    public void Parse_Http10WithoutHost_HasNoAuthority()
    {
        RequestHead head = Requests.Accept("GET / HTTP/1.0\r\n\r\n");

        head.Version.ShouldBe(HttpVersion.Http10);
        head.Authority.IsEmpty.ShouldBeTrue();
        head.KeepAlive.ShouldBeFalse();
    }

    [Theory]
    [InlineData("PROPFIND")]
    [InlineData("propfind")]
    [InlineData("GETS")]
    [InlineData("M-SEARCH")]
    [InlineData("A!#$%&'*+-.^_`|~9")]
    public void Parse_UnknownMethod_IsAcceptedAsOther(string method) =>
        Requests.Accept($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n").Method.ShouldBe(HttpMethod.Other);

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\n", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: CLOSE\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive, close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: close\r\nConnection: keep-alive\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: closed\r\n", true)]
    [InlineData("HTTP/1.1", "Proxy-Connection: close\r\n", true)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: x,,keep-alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    public void Parse_Connection_DecidesPersistence(string version, string fields, bool keepAlive) =>
        Requests.Accept($"GET / {version}\r\nHost: a\r\n{fields}\r\n").KeepAlive.ShouldBe(keepAlive);

    [Fact]
    public void Parse_ConnectionNamesFields_MarksThemButNotTheProtected()
    {
        RequestHead head = Requests.Accept(
            "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nX-Two: 2\r\nx-one: 3\r\nCookie: c\r\nX-Forwarded-For: 1.2.3.4\r\n"
            + "X-Forwarded-Anything: x\r\nAtlas-Id: 1\r\nVia: v\r\nAuthorization: b\r\nForwarded: for=x\r\nX-Real-IP: i\r\n"
            + "Date: d\r\nConnection: close, x-ONE, Host, cookie, x-forwarded-for, x-forwarded-anything, atlas-id, via\r\n"
            + "Connection: authorization, forwarded, x-real-ip, date, content-length, transfer-encoding, set-cookie\r\n\r\n");

        head.HasConnectionTokens.ShouldBeTrue();
        List<int> nominated = [];
        for (int i = 0; i < head.Headers.Count; i++)
        {
            if (head.Headers[i].Nominated)
            {
                nominated.Add(i);
            }
        }

        nominated.ShouldBe([1, 3]);
    }

    [Fact]
    public void Parse_ConnectionWithoutNames_HasNoConnectionTokens() =>
        Requests.Accept("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Upgrade, keep-alive, close\r\n\r\n")
            .HasConnectionTokens.ShouldBeFalse();

    [Theory]
    [InlineData("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "websocket")]
    [InlineData("HTTP/1.1", "Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\n", "websocket")]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade: h2c, foo/2, websocket\r\n", "foo/2")]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n", "websocket")]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade: H2C, h2\r\n", null)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade: a b, /, a/, \"x\"\r\n", null)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\nUpgrade:\r\n", null)]
    [InlineData("HTTP/1.1", "Connection: upgrade\r\n", null)]
    [InlineData("HTTP/1.1", "Upgrade: websocket\r\n", null)]
    [InlineData("HTTP/1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n", null)]
    public void Parse_Upgrade_IsOfferedOnlyWithConnectionAndHttp11(string version, string fields, string? protocol)
    {
        string text = $"GET / {version}\r\nHost: a\r\n{fields}\r\n";

        RequestHead head = Requests.Accept(text);

        head.UpgradeRequested.ShouldBe(protocol is not null);
        if (protocol is not null)
        {
            Bytes.Text(head.UpgradeProtocol.Of(Bytes.Of(text))).ShouldBe(protocol);
        }
    }

    [Theory]
    [InlineData("HTTP/1.1", "100-continue", true)]
    [InlineData("HTTP/1.1", "100-Continue", true)]
    [InlineData("HTTP/1.0", "100-continue", false)]
    public void Parse_Expect_CountsInHttp11Only(string version, string value, bool expected) =>
        Requests.Accept($"POST / {version}\r\nHost: a\r\nContent-Length: 1\r\nExpect: {value}\r\n\r\n")
            .ExpectContinue.ShouldBe(expected);

    [Theory]
    [InlineData("trailers", true)]
    [InlineData("gzip;q=1, Trailers", true)]
    [InlineData("gzip", false)]
    [InlineData("", false)]
    public void Parse_Te_TellsWhetherTrailersAreTaken(string value, bool expected) =>
        Requests.Accept($"GET / HTTP/1.1\r\nHost: a\r\nTE: {value}\r\n\r\n").TeTrailers.ShouldBe(expected);

    [Theory]
    [InlineData("chunked")]
    [InlineData("CHUNKED")]
    [InlineData(" \t chunked \t ")]
    public void Parse_Chunked_IsTheFraming(string value)
    {
        RequestHead head = Requests.Accept($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:{value}\r\n\r\n");

        head.Framing.ShouldBe(BodyFraming.Chunked);
        head.ContentLength.ShouldBe(-1);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0007", 7)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Parse_ContentLength_IsRead(string value, long length)
    {
        RequestHead head = Requests.Accept($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {value}\r\n\r\n");

        head.Framing.ShouldBe(BodyFraming.Length);
        head.ContentLength.ShouldBe(length);
    }

    [Fact]
    public void Parse_NoFramingField_HasNoBody()
    {
        RequestHead head = Requests.Accept("POST / HTTP/1.1\r\nHost: a\r\n\r\n");

        head.Framing.ShouldBe(BodyFraming.None);
        head.ContentLength.ShouldBe(-1);
    }

    [Fact]
    public void Parse_UnderscoreInName_IsFlagged()
    {
        RequestHead head = Requests.Accept("GET / HTTP/1.1\r\nHost: a\r\nX_Real_IP: b\r\n_: c\r\nX-Y: d_e\r\n\r\n");

        head.Headers[1].HasUnderscore.ShouldBeTrue();
        head.Headers[1].Known.ShouldBe(KnownHeader.None);
        head.Headers[2].HasUnderscore.ShouldBeTrue();
        head.Headers[3].HasUnderscore.ShouldBeFalse();
    }

    [Fact]
    public void Parse_ObsoleteTextAndTabInValue_AreKept()
    {
        const string text = "GET / HTTP/1.1\r\nHost: a\r\nX: \xE9\t\xFF b\r\n\r\n";

        Bytes.Text(Requests.Accept(text).Headers[1].Value.Of(Bytes.Of(text))).ShouldBe("\xE9\t\xFF b");
    }

    [Fact]
    public void Parse_PipelinedRequest_EndsAtTheFirstHead()
    {
        const string first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";

        Requests.Accept(first + "GET /2 HTTP/1.1\r\nHo").Length.ShouldBe(first.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("GET")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r")]
    public void Parse_IncompleteHead_NeedsMore(string text)
    {
        (ParseStatus status, HttpError error, _) = Requests.Parse(text);

        status.ShouldBe(ParseStatus.NeedMore);
        error.ShouldBe(HttpError.None);
    }

    [Fact]
    public void Parse_AgainAfterTheEnd_SaysTheSame()
    {
        byte[] good = Bytes.Of("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        byte[] bad = Bytes.Of("get / HTTP/1.1\r\n");
        RequestHead head = new();
        RequestParser parser = default;

        parser.Parse(good, head, HttpLimits.Default).ShouldBe(ParseStatus.Done);
        parser.Parse(good, head, HttpLimits.Default).ShouldBe(ParseStatus.Done);
        head.Headers.Count.ShouldBe(1);
        parser.Reset();
        parser.Parse(bad, head, HttpLimits.Default).ShouldBe(ParseStatus.Error);
        parser.Parse(good, head, HttpLimits.Default).ShouldBe(ParseStatus.Error);
        parser.Error.ShouldBe(HttpError.MethodNotUpperCase);
    }

    [Fact]
    public void Parse_HeadReused_KeepsNothingOfTheRequestBefore()
    {
        RequestHead head = new();
        RequestParser parser = default;
        parser.Parse(
            Bytes.Of(
                "POST https://a:1/b?c HTTP/1.1\r\nHost: a:1\r\nConnection: upgrade, x\r\nUpgrade: u\r\nTE: trailers\r\n"
                + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
            head,
            HttpLimits.Default).ShouldBe(ParseStatus.Done);
        parser.Reset();

        parser.Parse(Bytes.Of("\r\nG /d HTTP/1.0\r\n\r\n"), head, HttpLimits.Default).ShouldBe(ParseStatus.Done);

        head.Method.ShouldBe(HttpMethod.Other);
        head.HasQuery.ShouldBeFalse();
        head.Query.IsEmpty.ShouldBeTrue();
        head.Authority.IsEmpty.ShouldBeTrue();
        head.Host.IsEmpty.ShouldBeTrue();
        head.Port.ShouldBe(-1);
        head.IsHttpsTarget.ShouldBeFalse();
        head.Headers.Count.ShouldBe(0);
        head.Headers.Contains(KnownHeader.Host).ShouldBeFalse();
        head.Framing.ShouldBe(BodyFraming.None);
        head.ContentLength.ShouldBe(-1);
        head.ExpectContinue.ShouldBeFalse();
        head.HasConnectionTokens.ShouldBeFalse();
        head.UpgradeRequested.ShouldBeFalse();
        head.UpgradeProtocol.IsEmpty.ShouldBeTrue();
        head.TeTrailers.ShouldBeFalse();
        head.KeepAlive.ShouldBeFalse();
    }
}
