using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>What is repaired where the caller allows it, and everything next to it that is not.</summary>
public sealed class RequestRepairTests
{
    private const string Post = "POST / HTTP/1.1\r\nHost: a\r\n";

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    [InlineData("Content-Length: 0\r\nX: y\r\nTransfer-Encoding: Chunked")]
    public void LengthAndChunked_Allowed_LosesTheLength(string fields)
    {
        RequestHead head = Repair($"{Post}{fields}\r\n\r\n", RequestRepairs.LengthAndChunked);

        head.Framing.ShouldBe(BodyFraming.Chunked);
        head.ContentLength.ShouldBe(-1);
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5")]
    [InlineData("Content-Length: 5\r\nX: y\r\ncontent-length: 05\r\nCONTENT-LENGTH: 5")]
    [InlineData("Content-Length: 5, 5")]
    [InlineData("Content-Length: 5,5\t,\t 5")]
    [InlineData("Content-Length: 5, 5\r\nContent-Length: 5")]
    public void EqualLengths_Allowed_AreOne(string fields)
    {
        RequestHead head = Repair($"{Post}{fields}\r\n\r\n", RequestRepairs.EqualLengths);

        head.Framing.ShouldBe(BodyFraming.Length);
        head.ContentLength.ShouldBe(5);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n")]
    [InlineData("\r\nGET / HTTP/1.1\nHost: a\nX_Y: \t z \nAccept:\n\n")]
    [InlineData("POST / HTTP/1.0\nContent-Length: 5\nUnknown-Name: x\n\n")]
    [InlineData("POST / HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n")]
    public void BareLf_InEveryLine_IsALineEnd(string text)
    {
        RequestHead head = Repair(text, RequestRepairs.BareLf);
        string strict = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        RequestHead same = Requests.Accept(strict);

        head.Length.ShouldBe(text.Length);
        head.Headers.Count.ShouldBe(same.Headers.Count);
        for (int i = 0; i < head.Headers.Count; i++)
        {
            Bytes.Text(head.Headers[i].Name.Of(Bytes.Of(text))).ShouldBe(Bytes.Text(same.Headers[i].Name.Of(Bytes.Of(strict))));
            Bytes.Text(head.Headers[i].Value.Of(Bytes.Of(text))).ShouldBe(Bytes.Text(same.Headers[i].Value.Of(Bytes.Of(strict))));
            head.Headers[i].Flags.ShouldBe(same.Headers[i].Flags);
        }
    }

    [Theory]
    [InlineData("Host: a\r\nHost: a")]
    [InlineData("Host: a:80\r\nX: y\r\nhost:  a:80 \r\nHOST: a:80")]
    public void EqualHosts_Allowed_AreOne(string fields)
    {
        RequestHead head = Repair($"GET / HTTP/1.1\r\n{fields}\r\n\r\n", RequestRepairs.EqualHosts);

        head.Host.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData("Host: a\r\nHost: b", HttpError.DuplicateHost)]
    [InlineData("Host: a\r\nHost: A", HttpError.DuplicateHost)]
    [InlineData("Host: a\r\nHost: a:80", HttpError.DuplicateHost)]
    [InlineData("Host: a\r\nHost: a\r\nHost: b", HttpError.DuplicateHost)]
    [InlineData("Host: a\r\nHost:", HttpError.DuplicateHost)]
    [InlineData("Host: a, a", HttpError.InvalidHost)]
    [InlineData("Host: @\r\nHost: @", HttpError.InvalidHost)]
    [InlineData("X: y", HttpError.MissingHost)]
    public void Hosts_ThatDiffer_AreRefusedInEveryMode(string fields, HttpError error) =>
        Refuse($"GET / HTTP/1.1\r\n{fields}\r\n\r\n", error);

    [Fact]
    public void Hosts_EqualButNotTheTargets_AreRefusedInEveryMode() =>
        Refuse("GET http://b/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", HttpError.HostMismatch);

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", HttpError.DuplicateContentLength)]
    [InlineData("Content-Length: 5, 5\r\nContent-Length: 6", HttpError.DuplicateContentLength)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6, 6", HttpError.DuplicateContentLength)]
    [InlineData("Content-Length: 5, 6", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5,", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: ,5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5,,5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5 5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5;5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: +5, +5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5, 0x5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length:", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 18446744073709551621, 18446744073709551621", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 18446744073709551621\r\nContent-Length: 18446744073709551621", HttpError.ContentLengthOverflow)]
    public void Lengths_ThatDifferOrAreNone_AreRefusedInEveryMode(string fields, HttpError error) => Refuse($"{Post}{fields}\r\n\r\n", error);

    [Theory]
    [InlineData("Content-Length: +5\r\nTransfer-Encoding: chunked", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked, chunked", HttpError.InvalidTransferEncoding)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", HttpError.InvalidTransferEncoding)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: gzip", HttpError.UnknownTransferCoding)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: gzip, chunked", HttpError.UnknownTransferCoding)]
    [InlineData("Content-Length: 5\r\nTransfer_Encoding: chunked", HttpError.FramingLookAlike)]
    public void Framing_NoRepairIsNamedFor_IsRefusedInEveryMode(string fields, HttpError error) => Refuse($"{Post}{fields}\r\n\r\n", error);

    [Theory]
    [InlineData("POST / HTTP/1.0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", HttpError.TransferEncodingInHttp10)]
    [InlineData("GET / HTTP/1.0\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", HttpError.ContentLengthNotAllowed)]
    [InlineData("GET / HTTP/1.0\r\nContent-Length: 5, 5\r\n\r\n", HttpError.ContentLengthNotAllowed)]
    public void Http10_WithFramingItDoesNotKnow_IsRefusedInEveryMode(string text, HttpError error) => Refuse(text, error);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\r\n", HttpError.BareLfInFieldLine)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n", HttpError.BareLfInFieldLine)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\n", HttpError.BareLfInFieldLine)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\n\n", HttpError.BareLfInFieldLine)]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\r\n", HttpError.MixedLineEnds)]
    [InlineData("GET / HTTP/1.1\nHost: a\r\n\n", HttpError.MixedLineEnds)]
    [InlineData("GET / HTTP/1.1\nHost: a\n\r\n", HttpError.MixedLineEnds)]
    [InlineData("GET / HTTP/1.1\nHost: a\rX: y\n\n", HttpError.MixedLineEnds)]
    [InlineData("GET / HTTP/1.1\nHost\r\n\n", HttpError.MixedLineEnds)]
    [InlineData("GET / HTTP/1.1\n\rHost: a\n\n", HttpError.MixedLineEnds)]
    [InlineData("GET / HTTP/1.1\nHost: a\nX: y\0z\n\n", HttpError.InvalidFieldValue)]
    [InlineData("GET / HTTP/1.1\nHost: a\nName\n\n", HttpError.MissingColon)]
    [InlineData("GET / HTTP/1.1\nHost: a\nName : x\n\n", HttpError.SpaceBeforeColon)]
    [InlineData("GET / HTTP/1.1\nHost: a\n x\n\n", HttpError.ObsoleteFold)]
    [InlineData("GET / HTTP/1.1\n\n", HttpError.MissingHost)]
    [InlineData("GET / HTTP/1.1\rHost: a\n\n", HttpError.BareCrInStartLine)]
    [InlineData("GET / HTTP/1.1 \nHost: a\n\n", HttpError.InvalidVersion)]
    [InlineData("GET / HTTP/2.0\n", HttpError.BareLfInStartLine)]
    [InlineData("GET /\nHost: a\n\n", HttpError.BareLfInStartLine)]
    [InlineData("\nGET / HTTP/1.1\nHost: a\n\n", HttpError.BareLfInStartLine)]
    public void BareLf_NotInEveryLine_IsRefusedInEveryMode(string text, HttpError error) => Refuse(text, error);

    [Theory]
    [InlineData("Content-Length: 5\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 6", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5, 5", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("Host: a\r\nContent-Length: 5, 5", HttpError.InvalidContentLength)]
    [InlineData("Content-Length: 5\r\nContent-Length: 5\r\nHost: a", HttpError.DuplicateHost)]
    public void Ambiguities_OfTwoKinds_AreRefusedInEveryMode(string fields, HttpError error)
    {
        Refuse($"{Post}{fields}\r\n\r\n", error);
        Requests.Refuse($"{Post}{fields}\r\n\r\n".Replace("\r\n", "\n", StringComparison.Ordinal), repairs: RequestRepairs.All);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked\n\n", HttpError.ContentLengthWithTransferEncoding)]
    [InlineData("POST / HTTP/1.1\nHost: a\nContent-Length: 5\nContent-Length: 5\n\n", HttpError.DuplicateContentLength)]
    [InlineData("POST / HTTP/1.1\nHost: a\nHost: a\n\n", HttpError.DuplicateHost)]
    public void BareLf_WithAnotherAmbiguity_IsRefusedInEveryMode(string text, HttpError error) => Refuse(text, error);

    [Fact]
    public void BareLf_Limits_CountTheLinesAsTheyAre()
    {
        var limits = new HttpLimits(RequestLineBytes: 15, HeaderBytes: 13, HeaderCount: 2);
        const string text = "GET / HTTP/1.1\nHost: a\nX:y\n\n";

        Requests.Accept(text, limits, RequestRepairs.BareLf).Length.ShouldBe(text.Length);
        Requests.Refuse(text, limits with { RequestLineBytes = 14 }, RequestRepairs.BareLf).ShouldBe(HttpError.StartLineTooLong);
        Requests.Refuse(text, limits with { HeaderBytes = 12 }, RequestRepairs.BareLf).ShouldBe(HttpError.HeaderTooLarge);
        Requests.Refuse(text, limits with { HeaderCount = 1 }, RequestRepairs.BareLf).ShouldBe(HttpError.TooManyFields);
    }

    // Accepted where its kind is allowed, alone or with others; refused where it is not.
    private static RequestHead Repair(string text, RequestRepairs kind)
    {
        Requests.Refuse(text);
        Requests.Refuse(text, repairs: RequestRepairs.All & ~kind);
        Requests.Accept(text, repairs: kind).Repair.ShouldBe(kind);
        RequestHead head = Requests.Accept(text, repairs: RequestRepairs.All);
        head.Repair.ShouldBe(kind);
        return head;
    }

    private static void Refuse(string text, HttpError error)
    {
        Requests.Refuse(text);
        Requests.Refuse(text, repairs: RequestRepairs.All).ShouldBe(error);
        error.StatusCode().ShouldBeOneOf(400, 501);
    }
}
