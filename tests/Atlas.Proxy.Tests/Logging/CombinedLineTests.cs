using System.Text;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
using CsCheck;

namespace Atlas.Proxy.Tests.Logging;

public sealed class CombinedLineTests
{
    [Fact]
    public void Write_TypicalRecord_GivesTheLine() =>
        Encoding.UTF8.GetString(Records.Combined(Records.Typical())).ShouldBe(
            "192.0.2.7 - - [29/Feb/2024:12:34:56 +0000] \"GET /a/b?x=1 HTTP/1.1\" 502 45 \"https://example.com/\" \"curl/8.5\"\n");

    [Fact]
    public void Write_UnreadRequest_GivesDashes() =>
        Encoding.UTF8.GetString(Records.Combined(new AccessRecord { ClientIp = "::1"u8, Status = 400, Error = ProxyError.BadRequest }))
            .ShouldBe("::1 - - [01/Jan/1970:00:00:00 +0000] \"-\" 400 0 \"-\" \"-\"\n");

    [Fact]
    public void Write_AgentThatForgesALine_StaysInItsField() =>
        Encoding.UTF8.GetString(Records.Combined(new AccessRecord { UserAgent = "\" \\x\r\n127.0.0.1 - é"u8 }))
            .ShouldEndWith("\"\\x22 \\x5Cx\\x0D\\x0A127.0.0.1 - \\xC3\\xA9\"\n");

    [Fact]
    public void Write_AnyBytes_GivesOneLineOfFields() =>
        Gen.Byte.Array[1, 100].Sample(bytes =>
        {
            byte[] line = Records.Combined(Records.Filled(bytes, bytes));

            line.AsSpan().IndexOfAnyExceptInRange((byte)0x20, (byte)0x7E).ShouldBe(line.Length - 1);
            line.Count(b => b == '"').ShouldBe(6);
        });

    [Fact]
    public void Write_LongAgent_IsCutWithDots()
    {
        string agent = new string('u', 2049);

        Encoding.UTF8.GetString(Records.Combined(new AccessRecord { UserAgent = Encoding.UTF8.GetBytes(agent) }))
            .ShouldEndWith($"\"{new string('u', 2048)}...\"\n");
    }
}
