using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

public sealed class ResponseParserTests
{
    [Fact]
    public void Parse_UsualResponse_GivesItsParts()
    {
        const string text = "HTTP/1.1 404 Not Found\r\nServer: x\r\nContent-Length: 4\r\n\r\nbody";

        (ResponseHead head, byte[] buffer) = Responses.Accept(text);

        head.Status.ShouldBe(404);
        Bytes.Text(head.Reason.Of(buffer)).ShouldBe("Not Found");
        head.Version.ShouldBe(HttpVersion.Http11);
        head.Headers.Count.ShouldBe(2);
        head.Headers[0].Known.ShouldBe(KnownHeader.Server);
        head.Framing.ShouldBe(BodyFraming.Length);
        head.ContentLength.ShouldBe(4);
        head.KeepAlive.ShouldBeTrue();
        head.Length.ShouldBe(text.Length - 4);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "OK")]
    [InlineData("HTTP/1.1 200 ", "")]
    [InlineData("HTTP/1.1 200", "")]
    [InlineData("HTTP/1.1 200  two", " two")]
    [InlineData("HTTP/1.1 200 a\tb\xE9", "a\tb\xE9")]
    public void Parse_Reason_MayBeAnythingPrintableOrMissing(string line, string reason)
    {
        (ResponseHead head, byte[] buffer) = Responses.Accept($"{line}\r\n\r\n");

        head.Status.ShouldBe(200);
        Bytes.Text(head.Reason.Of(buffer)).ShouldBe(reason);
    }

    [Theory]
    [InlineData("HTTP/1.1 20 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1 2000 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1 2x0 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1  200 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1\t200 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1 200\tOK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1 -20 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1x1 200 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("http/1.1 200 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("SSH-2.0-x\r\n", HttpError.InvalidStatusLine)]
    [InlineData("ICY 200 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("\r\nHTTP/1.1 200 OK\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1 200 O\0K\r\n", HttpError.InvalidStatusLine)]
    [InlineData("HTTP/1.1 200 OK\n", HttpError.BareLfInStartLine)]
    [InlineData("HTTP/1.1 200\n", HttpError.BareLfInStartLine)]
    [InlineData("HTTP/1.1 200 O\rK\r\n", HttpError.BareCrInStartLine)]
    [InlineData("HTTP/1.1 200\rOK\r\n", HttpError.BareCrInStartLine)]
    [InlineData("HTTP/1.1 099 X\r\n", HttpError.InvalidStatusCode)]
    [InlineData("HTTP/1.1 000 X\r\n", HttpError.InvalidStatusCode)]
    [InlineData("HTTP/1.1 600 X\r\n", HttpError.InvalidStatusCode)]
    [InlineData("HTTP/1.1 999 X\r\n", HttpError.InvalidStatusCode)]
    [InlineData("HTTP/2.0 200 OK\r\n", HttpError.VersionNotSupported)]
    [InlineData("HTTP/1.2 200 OK\r\n", HttpError.VersionNotSupported)]
    [InlineData("HTTP/0.9 200 OK\r\n", HttpError.VersionNotSupported)]
    public void Parse_OddStatusLine_IsRefused(string line, HttpError error) => Responses.Refuse($"{line}\r\n").ShouldBe(error);

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", HttpError.DuplicateContentLength)]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", HttpError.DuplicateContentLength)]
    [InlineData("Content-Length: 5, 5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: +5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length:", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 9223372036854775808", HttpError.ContentLengthOverflow)]
    [InlineData("Transfer-Encoding: gzip", HttpError.UnknownTransferCoding)]
    [InlineData("Transfer-Encoding: gzip, chunked", HttpError.UnknownTransferCoding)]
    [InlineData("Transfer-Encoding: chunked, chunked", HttpError.InvalidTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", HttpError.InvalidTransferEncoding)]
    [InlineData("Transfer_Encoding: chunked", HttpError.FramingLookAlike)]
    [InlineData("Name : value", HttpError.SpaceBeforeColon)]
    [InlineData("Name", HttpError.MissingColon)]
    [InlineData(": value", HttpError.EmptyFieldName)]
    [InlineData(" Name: value", HttpError.ObsoleteFold)]
    [InlineData("Na\0me: value", HttpError.InvalidFieldName)]
    [InlineData("Name: va\0lue", HttpError.InvalidFieldValue)]
    [InlineData("Name: va\rlue", HttpError.BareCrInFieldLine)]
    [InlineData("Name: value\nOther: x", HttpError.BareLfInFieldLine)]
    [InlineData("Name: value\r\n fold\0ed", HttpError.InvalidFieldValue)]
    [InlineData("Name: value\r\n fold\ned", HttpError.BareLfInFieldLine)]
    public void Parse_OddField_IsRefused(string fields, HttpError error) =>
        Responses.Refuse($"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n").ShouldBe(error);

    [Fact]
    public void Parse_TransferEncodingInHttp10_IsRefused() =>
        Responses.Refuse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ShouldBe(HttpError.TransferEncodingInHttp10);

    [Theory]
    [InlineData("a\r\n b", "a   b")]
    [InlineData("a\r\n\tb", "a  \tb")]
    [InlineData("\r\n b", "b")]
    [InlineData("a\r\n ", "a")]
    [InlineData("a\r\n \r\n\t b", "a     \t b")]
    public void Parse_Fold_IsReplacedBySpaces(string value, string unfolded)
    {
        (ResponseHead head, byte[] buffer) = Responses.Accept($"HTTP/1.1 200 OK\r\nX: {value}\r\nY: z\r\n\r\n");

        head.Headers.Count.ShouldBe(2);
        Bytes.Text(head.Headers[0].Value.Of(buffer)).ShouldBe(unfolded);
        Bytes.Text(head.Headers[1].Value.Of(buffer)).ShouldBe("z");
    }

    [Fact]
    public void Parse_FoldedLength_IsTheValueAfterTheFold() =>
        Responses.Accept("HTTP/1.1 200 OK\r\nContent-Length:\r\n 12\r\n\r\n").Head.ContentLength.ShouldBe(12);

    [Theory]
    [InlineData(100, BodyFraming.None, true)]
    [InlineData(103, BodyFraming.None, true)]
    [InlineData(101, BodyFraming.Tunnel, false)]
    [InlineData(204, BodyFraming.None, false)]
    public void Parse_StatusWithoutContent_RefusesABody(int status, BodyFraming framing, bool interim)
    {
        ResponseHead head = Responses.Accept($"HTTP/1.1 {status} X\r\n\r\n").Head;
        head.Framing.ShouldBe(framing);
        head.IsInterim.ShouldBe(interim);
        Responses.Accept($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n").Head.Framing.ShouldBe(framing);
        Responses.Refuse($"HTTP/1.1 {status} X\r\nContent-Length: 1\r\n\r\n").ShouldBe(HttpError.BodyNotAllowed);
        Responses.Refuse($"HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\n\r\n").ShouldBe(HttpError.BodyNotAllowed);
    }

    [Theory]
    [InlineData(HttpMethod.Head, 200)]
    [InlineData(HttpMethod.Head, 404)]
    [InlineData(HttpMethod.Get, 304)]
    public void Parse_ResponseWithoutContentByRule_KeepsTheLength(HttpMethod method, int status)
    {
        ResponseHead head = Responses.Accept($"HTTP/1.1 {status} X\r\nContent-Length: 7\r\n\r\n", method).Head;
        head.Framing.ShouldBe(BodyFraming.None);
        head.ContentLength.ShouldBe(7);
        head.KeepAlive.ShouldBeTrue();
        Responses.Accept($"HTTP/1.1 {status} X\r\nTransfer-Encoding: chunked\r\n\r\n", method)
            .Head.Framing.ShouldBe(BodyFraming.None);
        Responses.Accept($"HTTP/1.1 {status} X\r\n\r\n", method).Head.Framing.ShouldBe(BodyFraming.None);
    }

    [Fact]
    public void Parse_Connect_IsATunnelOnlyOnSuccess()
    {
        ResponseHead success = Responses.Accept("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", HttpMethod.Connect).Head;
        success.Framing.ShouldBe(BodyFraming.Tunnel);
        success.ContentLength.ShouldBe(-1);
        Responses.Accept("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", HttpMethod.Connect)
            .Head.Framing.ShouldBe(BodyFraming.Tunnel);
        Responses.Accept("HTTP/1.1 407 No\r\nContent-Length: 7\r\n\r\n", HttpMethod.Connect)
            .Head.Framing.ShouldBe(BodyFraming.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1", "Content-Length: 0\r\n", BodyFraming.Length, true)]
    [InlineData("HTTP/1.1", "Transfer-Encoding: chunked\r\n", BodyFraming.Chunked, true)]
    [InlineData("HTTP/1.1", "", BodyFraming.UntilClose, false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\n", BodyFraming.UntilClose, false)]
    [InlineData("HTTP/1.1", "Content-Length: 0\r\nConnection: close\r\n", BodyFraming.Length, false)]
    [InlineData("HTTP/1.1", "Content-Length: 0\r\nConnection: close, keep-alive\r\n", BodyFraming.Length, false)]
    [InlineData("HTTP/1.0", "Content-Length: 0\r\n", BodyFraming.Length, false)]
    [InlineData("HTTP/1.0", "Content-Length: 0\r\nConnection: keep-alive\r\n", BodyFraming.Length, true)]
    public void Parse_FramingAndConnection_DecidePersistence(
        string version, string fields, BodyFraming framing, bool keepAlive)
    {
        ResponseHead head = Responses.Accept($"{version} 200 OK\r\n{fields}\r\n").Head;

        head.Framing.ShouldBe(framing);
        head.KeepAlive.ShouldBe(keepAlive);
    }

    [Fact]
    public void Parse_ConnectionNamesFields_MarksThemButNotTheProtected()
    {
        ResponseHead head = Responses.Accept(
            "HTTP/1.1 200 OK\r\nConnection: x, set-cookie, date\r\nX: 1\r\nSet-Cookie: a=b\r\nDate: d\r\n\r\n").Head;

        head.HasConnectionTokens.ShouldBeTrue();
        head.Headers[1].Nominated.ShouldBeTrue();
        head.Headers[2].Nominated.ShouldBeFalse();
        head.Headers[3].Nominated.ShouldBeFalse();
    }

    [Fact]
    public void Parse_Limits_HoldAtTheEdge()
    {
        HttpLimits limits = new(RequestLineBytes: 20, HeaderBytes: 20, HeaderCount: 2);

        Responses.Accept("HTTP/1.1 200 12345\r\n\r\n", limits: limits);
        Responses.Refuse("HTTP/1.1 200 123456\r\n\r\n", limits: limits).ShouldBe(HttpError.StartLineTooLong);
        Responses.Refuse("HTTP/1.1 200 1234567", limits: limits).ShouldBe(HttpError.StartLineTooLong);
        Responses.Accept("HTTP/1.1 200\r\nA: 3456789012345\r\n\r\nbody", limits: limits);
        Responses.Refuse("HTTP/1.1 200\r\nA: 34567890123456\r\n\r\n", limits: limits).ShouldBe(HttpError.HeaderTooLarge);
        Responses.Refuse("HTTP/1.1 200\r\nA: 34567890123456789", limits: limits).ShouldBe(HttpError.HeaderTooLarge);
        Responses.Accept("HTTP/1.1 200\r\nA: 1\r\nB: 2\r\n\r\n", limits: limits);
        Responses.Refuse("HTTP/1.1 200\r\nA:\r\nB:\r\nC:\r\n\r\n", limits: limits).ShouldBe(HttpError.TooManyFields);
    }

    [Fact]
    public void Parse_ConnectionOptions_AreBounded()
    {
        string options = string.Join(',', Enumerable.Repeat("x", ConnectionOptions.Max));

        Responses.Accept($"HTTP/1.1 200 OK\r\nConnection: {options}\r\n\r\n");
        Responses.Refuse($"HTTP/1.1 200 OK\r\nConnection: {options},x\r\n\r\n").ShouldBe(HttpError.TooManyConnectionOptions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTT")]
    [InlineData("HTTP/1.1 200")]
    [InlineData("HTTP/1.1 200 OK\r\nX: y\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r")]
    public void Parse_IncompleteHead_NeedsMore(string text) => Responses.Parse(text).Status.ShouldBe(ParseStatus.NeedMore);

    [Fact]
    public void Parse_HeadReusedAfterInterim_KeepsNothing()
    {
        ResponseHead head = new();
        ResponseParser parser = default;
        parser.Parse(
            Bytes.Of("HTTP/1.1 200 OK\r\nConnection: x, close\r\nContent-Length: 5\r\n\r\n"),
            head,
            HttpMethod.Get,
            HttpLimits.Default).ShouldBe(ParseStatus.Done);
        parser.Reset();

        parser.Parse(Bytes.Of("HTTP/1.1 204 X\r\n\r\n"), head, HttpMethod.Get, HttpLimits.Default).ShouldBe(ParseStatus.Done);

        head.Status.ShouldBe(204);
        head.Headers.Count.ShouldBe(0);
        head.ContentLength.ShouldBe(-1);
        head.KeepAlive.ShouldBeTrue();
        head.HasConnectionTokens.ShouldBeFalse();
    }
}
