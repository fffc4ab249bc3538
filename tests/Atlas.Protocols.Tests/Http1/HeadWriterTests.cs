using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

public sealed class HeadWriterTests
{
    private delegate void Writing(ref HeadWriter writer);

    [Fact]
    public void Write_Request_IsWhatWasGiven() =>
        Check(
            "GET /a?b HTTP/1.1\r\nHost: c\r\nContent-Length: 12\r\nX-N: -7\r\nX-Forwarded-For: 1.2.3.4:80\r\n\r\n",
            (ref HeadWriter writer) =>
            {
                writer.RequestLine("GET"u8, "/a?b"u8);
                writer.Field("Host"u8, "c"u8);
                writer.Field(KnownHeader.ContentLength, 12);
                writer.Field("X-N"u8, -7);
                writer.BeginField("X-Forwarded-For"u8);
                writer.Append("1.2.3.4"u8);
                writer.Append(":"u8);
                writer.Append(80);
                writer.EndField();
                writer.End();
            });

    [Fact]
    public void Write_Response_IsWhatWasGiven() =>
        Check(
            "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
            (ref HeadWriter writer) =>
            {
                writer.StatusLine(200);
                writer.Field(KnownHeader.Server, "x"u8);
                writer.End();
            });

    [Theory]
    [InlineData("/", "", false, "G / HTTP/1.1\r\n")]
    [InlineData("", "", false, "G / HTTP/1.1\r\n")]
    [InlineData("", "q", true, "G /?q HTTP/1.1\r\n")]
    [InlineData("/p", "", true, "G /p? HTTP/1.1\r\n")]
    [InlineData("*", "", false, "G * HTTP/1.1\r\n")]
    public void RequestLine_PathAndQuery_MakeTheOriginForm(string path, string query, bool hasQuery, string expected) =>
        Check(
            expected,
            (ref HeadWriter writer) => writer.RequestLine("G"u8, Bytes.Of(path), hasQuery, Bytes.Of(query)));

    [Fact]
    public void StatusLine_EveryStatus_HasItsPhrase()
    {
        byte[] buffer = new byte[128];
        for (int status = 100; status <= 599; status++)
        {
            HeadWriter writer = new(buffer);
            writer.StatusLine(status);

            string phrase = Bytes.Text(ReasonPhrases.Of(status));
            Bytes.Text(buffer.AsSpan(0, writer.Written)).ShouldBe($"HTTP/1.1 {status} {phrase}\r\n");
        }
    }

    [Theory]
    [InlineData(99)]
    [InlineData(600)]
    [InlineData(-1)]
    public void StatusLine_NoStatus_Overflows(int status)
    {
        HeadWriter writer = new(new byte[128]);

        writer.StatusLine(status);

        writer.Overflowed.ShouldBeTrue();
    }

    [Fact]
    public void StatusLine_OwnReason_IsWritten() =>
        Check("HTTP/1.1 299 Fine\r\n", (ref HeadWriter writer) => writer.StatusLine(299, "Fine"u8));

    // Writes into every length of destination: the exact one fits, each shorter one overflows and nothing throws.
    private static void Check(string expected, Writing writing)
    {
        for (int length = 0; length <= expected.Length + 1; length++)
        {
            byte[] destination = new byte[length];
            HeadWriter writer = new(destination);
            writing(ref writer);

            writer.Overflowed.ShouldBe(length < expected.Length);
            if (!writer.Overflowed)
            {
                Bytes.Text(destination.AsSpan(0, writer.Written)).ShouldBe(expected);
            }
        }
    }
}
