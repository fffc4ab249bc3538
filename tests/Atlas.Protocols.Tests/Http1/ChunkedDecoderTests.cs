using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "", "")]
    [InlineData("000\r\n\r\n", "", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello", "")]
    [InlineData("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nGET /", "hello world", "GET /")]
    [InlineData("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", "")]
    [InlineData("0000000000000002\r\n\r\n\r\n0\r\n\r\n", "\r\n", "")]
    [InlineData("1;a\r\nx\r\n1;a=b;c=\"d;\\\"\t\xE9\"\r\ny\r\n0;e\r\n\r\n", "xy", "")]
    public void Decode_ValidBody_GivesItsData(string text, string body, string rest) =>
        Chunks.Decode(text).ShouldBe(new Chunks.Result(ChunkStatus.Done, HttpError.None, body, rest));

    [Theory]
    [InlineData("0\r\nA: b\r\n\r\n", "", "A: b\r\n\r\n")]
    [InlineData("1\r\nx\r\n0\r\nA: b\r\n", "x", "A: b\r\n")]
    [InlineData("0\r\n A: b\r\n", "", " A: b\r\n")]
    [InlineData("0\r\n\n", "", "\n")]
    public void Decode_BytesAfterLastChunk_AreTheTrailerParsers(string text, string body, string rest) =>
        Chunks.Decode(text).ShouldBe(new Chunks.Result(ChunkStatus.Trailers, HttpError.None, body, rest));

    [Theory]
    [InlineData("\r\n", HttpError.InvalidChunkSize)]
    [InlineData("x", HttpError.InvalidChunkSize)]
    [InlineData(" 5\r\n", HttpError.InvalidChunkSize)]
    [InlineData("5 \r\n", HttpError.InvalidChunkSize)]
    [InlineData("5\t\r\n", HttpError.InvalidChunkSize)]
    [InlineData("+5\r\n", HttpError.InvalidChunkSize)]
    [InlineData("-5\r\n", HttpError.InvalidChunkSize)]
    [InlineData("0x5\r\n", HttpError.InvalidChunkSize)]
    [InlineData("1_0\r\n", HttpError.InvalidChunkSize)]
    [InlineData("5g\r\n", HttpError.InvalidChunkSize)]
    [InlineData("5,5\r\n", HttpError.InvalidChunkSize)]
    [InlineData("\xB2\r\n", HttpError.InvalidChunkSize)]
    [InlineData("5\0\r\n", HttpError.InvalidChunkSize)]
    [InlineData("00000000000000005\r\n", HttpError.InvalidChunkSize)]
    [InlineData("10000000000000000\r\n", HttpError.InvalidChunkSize)]
    [InlineData("8000000000000000\r\n", HttpError.ChunkSizeOverflow)]
    [InlineData("ffffffffffffffff\r\n", HttpError.ChunkSizeOverflow)]
    [InlineData(";a\r\n", HttpError.InvalidChunkSize)]
    [InlineData("5\n", HttpError.BareLineEndInChunk)]
    [InlineData("\n", HttpError.InvalidChunkSize)]
    [InlineData("5\r5", HttpError.BareLineEndInChunk)]
    [InlineData("5\r\r\n", HttpError.BareLineEndInChunk)]
    [InlineData("0\n", HttpError.BareLineEndInChunk)]
    [InlineData("0\r\n\r\r", HttpError.BareLineEndInChunk)]
    [InlineData("0\r\n\rX", HttpError.BareLineEndInChunk)]
    [InlineData("5;a\n", HttpError.BareLineEndInChunk)]
    [InlineData("5;a=\"\n\"\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a\rb\r\n", HttpError.BareLineEndInChunk)]
    [InlineData("5;\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;;a\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a;\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;=b\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a=\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a==b\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5; a\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a \r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a =b\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a= b\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a=\"b\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a=\"b\"c\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a=b\"c\"\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a\0\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a=\"\0\"\r\n", HttpError.InvalidChunkExtension)]
    [InlineData("5;a=\"\\\x01\"\r\n", HttpError.InvalidChunkExtension)]
    public void Decode_OddSizeLine_IsRefused(string text, HttpError error)
    {
        Chunks.Decode(text).ShouldBe(new Chunks.Result(ChunkStatus.Error, error, "", ""));
        Chunks.Decode("1\r\nx\r\n" + text).ShouldBe(new Chunks.Result(ChunkStatus.Error, error, "x", ""));
    }

    [Theory]
    [InlineData("1\r\nxy", HttpError.MissingChunkEnd)]
    [InlineData("1\r\nx0\r\n\r\n", HttpError.MissingChunkEnd)]
    [InlineData("1\r\nx\n0\r\n\r\n", HttpError.BareLineEndInChunk)]
    [InlineData("1\r\nx\rX", HttpError.BareLineEndInChunk)]
    [InlineData("1\r\nx\r\r", HttpError.BareLineEndInChunk)]
    public void Decode_DataNotFollowedByCrlf_IsRefused(string text, HttpError error) =>
        Chunks.Decode(text).ShouldBe(new Chunks.Result(ChunkStatus.Error, error, "x", ""));

    [Fact]
    public void Decode_Extensions_AreBoundedPerChunk()
    {
        string atTheEdge = ";" + new string('e', 255);

        Chunks.Decode($"1{atTheEdge}\r\nx\r\n1{atTheEdge}\r\ny\r\n0\r\n\r\n").Body.ShouldBe("xy");
        Chunks.Decode($"1{atTheEdge}e\r\n").Error.ShouldBe(HttpError.ChunkExtensionTooLong);
        Chunks.Decode($"1;a=\"{new string('e', 253)}").Error.ShouldBe(HttpError.ChunkExtensionTooLong);
    }

    [Fact]
    public void Decode_LargestSize_IsAccepted()
    {
        ChunkedDecoder decoder = default;

        decoder.Next(Bytes.Of("7fffffffffffffff\r\nabc"), out int consumed, out Slice data).ShouldBe(ChunkStatus.NeedMore);

        consumed.ShouldBe(21);
        data.ShouldBe(new Slice(18, 3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5\r\nhel")]
    [InlineData("0\r\n")]
    [InlineData("0\r\n\r")]
    public void Decode_IncompleteBody_NeedsMore(string text) => Chunks.Decode(text).Status.ShouldBe(ChunkStatus.NeedMore);

    [Fact]
    public void Decode_DestinationTooSmall_GoesOnWithTheRest()
    {
        byte[] source = Bytes.Of("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\nrest");
        byte[] destination = new byte[4];
        ChunkedDecoder decoder = default;
        string body = "";
        int position = 0;
        ChunkStatus status;
        do
        {
            status = decoder.Decode(source.AsSpan(position), destination, out int consumed, out int written);
            position += consumed;
            body += Bytes.Text(destination.AsSpan(0, written));
            (consumed > 0).ShouldBeTrue();
        }
        while (status == ChunkStatus.Data);

        status.ShouldBe(ChunkStatus.Done);
        body.ShouldBe("hello world");
        Bytes.Text(source.AsSpan(position)).ShouldBe("rest");
    }

    [Fact]
    public void Decode_NoRoom_StopsAtTheData()
    {
        ChunkedDecoder decoder = default;

        decoder.Decode(Bytes.Of("5\r\nhello"), [], out int consumed, out int written).ShouldBe(ChunkStatus.Data);

        consumed.ShouldBe(3);
        written.ShouldBe(0);
    }

    [Fact]
    public void Next_SeveralChunks_GivesEachRunWithTheLinesAfterIt()
    {
        byte[] source = Bytes.Of("5\r\nhello\r\n1\r\nx\r\n0\r\n\r\n");
        ChunkedDecoder decoder = default;

        decoder.Next(source, out int first, out Slice data).ShouldBe(ChunkStatus.Data);
        data.ShouldBe(new Slice(3, 5));
        first.ShouldBe(13);
        decoder.Next(source.AsSpan(first), out int second, out data).ShouldBe(ChunkStatus.Done);
        data.ShouldBe(new Slice(0, 1));
        (first + second).ShouldBe(source.Length);
        decoder.Next([], out int third, out data).ShouldBe(ChunkStatus.Done);
        third.ShouldBe(0);
        data.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Decode_AgainAfterAnError_SaysTheSame()
    {
        ChunkedDecoder decoder = default;
        decoder.Decode(Bytes.Of("x"), new byte[8], out _, out _).ShouldBe(ChunkStatus.Error);

        decoder.Decode(Bytes.Of("0\r\n\r\n"), new byte[8], out int consumed, out _).ShouldBe(ChunkStatus.Error);

        consumed.ShouldBe(0);
        decoder.Reset();
        decoder.Error.ShouldBe(HttpError.None);
        decoder.Decode(Bytes.Of("0\r\n\r\n"), new byte[8], out _, out _).ShouldBe(ChunkStatus.Done);
    }
}
