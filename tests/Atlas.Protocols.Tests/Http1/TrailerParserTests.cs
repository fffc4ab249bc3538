using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

public sealed class TrailerParserTests
{
    [Fact]
    public void Parse_Section_GivesItsFields()
    {
        const string text = "X-Sum: 1\r\ngrpc-status: 0\r\n\r\nGET / ";

        (ParseStatus status, HttpError error, HeaderTable trailers, int length) = Parse(text);

        status.ShouldBe(ParseStatus.Done);
        error.ShouldBe(HttpError.None);
        length.ShouldBe(text.Length - 6);
        trailers.Count.ShouldBe(2);
        Bytes.Text(trailers[1].Value.Of(Bytes.Of(text))).ShouldBe("0");
        trailers[1].ForbiddenInTrailer.ShouldBeFalse();
    }

    [Fact]
    public void Parse_EmptySection_HasTwoBytes() => Parse("\r\n").Length.ShouldBe(2);

    [Theory]
    [InlineData(" X: y", HttpError.ObsoleteFold)]
    [InlineData("X: y\r\n z", HttpError.ObsoleteFold)]
    [InlineData("X : y", HttpError.SpaceBeforeColon)]
    [InlineData("X", HttpError.MissingColon)]
    [InlineData(": y", HttpError.EmptyFieldName)]
    [InlineData("X\0: y", HttpError.InvalidFieldName)]
    [InlineData("X: \0", HttpError.InvalidFieldValue)]
    [InlineData("X: y\n", HttpError.BareLfInFieldLine)]
    [InlineData("\n", HttpError.BareLfInFieldLine)]
    [InlineData("X: \ry", HttpError.BareCrInFieldLine)]
    [InlineData("\rX: y", HttpError.BareCrInFieldLine)]
    [InlineData("Content_Length: 5", HttpError.FramingLookAlike)]
    public void Parse_OddLine_IsRefused(string line, HttpError error)
    {
        (ParseStatus status, HttpError actual, _, _) = Parse($"{line}\r\n\r\n");

        status.ShouldBe(ParseStatus.Error);
        actual.ShouldBe(error);
    }

    [Theory]
    [InlineData("Transfer-Encoding")]
    [InlineData("content-length")]
    [InlineData("Content-Type")]
    [InlineData("Content-Encoding")]
    [InlineData("Content-Anything")]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("Authorization")]
    [InlineData("Proxy-Authorization")]
    [InlineData("WWW-Authenticate")]
    [InlineData("Cookie")]
    [InlineData("Set-Cookie")]
    [InlineData("Expect")]
    [InlineData("Max-Forwards")]
    [InlineData("Range")]
    [InlineData("If-None-Match")]
    [InlineData("Cache-Control")]
    [InlineData("Date")]
    [InlineData("Location")]
    [InlineData("Via")]
    [InlineData("Forwarded")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X-Forwarded-Other")]
    [InlineData("X-Real-IP")]
    [InlineData("Atlas-Server")]
    public void Parse_FieldNeededBeforeTheContent_IsFlagged(string name) =>
        Parse($"{name}: x\r\n\r\n").Trailers[0].ForbiddenInTrailer.ShouldBeTrue();

    [Theory]
    [InlineData("Content-Digest")]
    [InlineData("ETag")]
    [InlineData("Server-Timing")]
    [InlineData("Grpc-Status")]
    [InlineData("X-Forwarded")]
    public void Parse_FieldThatMayTrail_IsNotFlagged(string name) =>
        Parse($"{name}: x\r\n\r\n").Trailers[0].ForbiddenInTrailer.ShouldBeFalse();

    [Fact]
    public void Parse_Limits_HoldAtTheEdge()
    {
        HttpLimits.Trailers.HeaderBytes.ShouldBe(8192);
        HttpLimits.Trailers.HeaderCount.ShouldBe(64);
        HttpLimits limits = new(0, 10, 2);

        Parse("A: 345\r\n\r\n", limits).Status.ShouldBe(ParseStatus.Done);
        Parse("A: 3456\r\n\r\n", limits).Error.ShouldBe(HttpError.HeaderTooLarge);
        Parse("A: 3456789", limits).Error.ShouldBe(HttpError.HeaderTooLarge);
        Parse("A:\r\nB:\r\n\r\n", limits).Status.ShouldBe(ParseStatus.Done);
        Parse("A:\r\nB:\r\nC:\r\n", limits).Error.ShouldBe(HttpError.TooManyFields);
    }

    private static (ParseStatus Status, HttpError Error, HeaderTable Trailers, int Length) Parse(
        string text, HttpLimits? limits = null)
    {
        byte[] bytes = Bytes.Of(text);
        (ParseStatus Status, HttpError Error, HeaderTable Trailers, int Length) whole = Feed(bytes, [bytes.Length], limits);
        foreach (int[] split in Bytes.Splits(bytes.Length))
        {
            (ParseStatus status, HttpError error, HeaderTable trailers, int length) = Feed(bytes, split, limits);
            string context = $"fed up to {string.Join(' ', split)}";
            status.ShouldBe(whole.Status, context);
            error.ShouldBe(whole.Error, context);
            length.ShouldBe(whole.Length, context);
            trailers.Fields.ToArray().ShouldBe(whole.Trailers.Fields.ToArray(), context);
        }

        return whole;
    }

    private static (ParseStatus Status, HttpError Error, HeaderTable Trailers, int Length) Feed(
        byte[] bytes, int[] ends, HttpLimits? limits)
    {
        TrailerParser parser = default;
        HeaderTable trailers = new(1);
        ParseStatus status = ParseStatus.NeedMore;
        foreach (int end in ends)
        {
            status = parser.Parse(bytes.AsSpan(0, end).ToArray(), trailers, limits ?? HttpLimits.Trailers);
            if (status != ParseStatus.NeedMore)
            {
                break;
            }
        }

        return (status, parser.Error, trailers, parser.Length);
    }
}
