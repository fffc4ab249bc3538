using Atlas.Protocols.Resp;
using CsCheck;

namespace Atlas.Protocols.Tests.Resp;

public sealed class RespScannerTests
{
    private static readonly RespLimits Limits = new(BulkBytes: 1_000, LineBytes: 100, ArrayCount: 50, ReplyBytes: 5_000);

    public static TheoryData<string> Replies() =>
    [
        "+\r\n",
        "+OK\r\n",
        "-ERR unknown command\r\n",
        ":0\r\n",
        ":-1\r\n",
        ":+7\r\n",
        ":9223372036854775807\r\n",
        ":-9223372036854775808\r\n",
        "$0\r\n\r\n",
        "$5\r\nhello\r\n",
        "$4\r\n\r\n\r\n\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*2\r\n$1\r\na\r\n:1\r\n",
        "*3\r\n*2\r\n+a\r\n*0\r\n$-1\r\n*1\r\n*1\r\n-ERR\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:5\r\n",
    ];

    [Theory]
    [MemberData(nameof(Replies))]
    public void Read_ReplyCutAnywhere_EndsWithItsLastByte(string reply)
    {
        byte[] bytes = Bytes.Of(reply);
        foreach (int[] ends in Bytes.Splits(bytes.Length))
        {
            var scanner = new RespScanner(Limits);
            int at = 0;
            foreach (int end in ends)
            {
                RespStatus status = scanner.Read(bytes.AsSpan(at, end - at), out int taken);
                taken.ShouldBe(end - at);
                at = end;
                status.ShouldBe(at == bytes.Length ? RespStatus.Done : RespStatus.NeedMore, $"at {at}");
                scanner.IsBetween.ShouldBe(at == bytes.Length || at == 0);
            }
        }
    }

    [Fact]
    public void Read_SeveralReplies_StopsAfterEach()
    {
        byte[] bytes = Bytes.Of("+OK\r\n*1\r\n:1\r\n-no\r\n$1");
        var scanner = new RespScanner(Limits);

        scanner.Read(bytes, out int first).ShouldBe(RespStatus.Done);
        first.ShouldBe(5);
        scanner.IsError.ShouldBeFalse();
        scanner.Read(bytes.AsSpan(5), out int second).ShouldBe(RespStatus.Done);
        second.ShouldBe(8);
        scanner.First.ShouldBe((byte)'*');
        scanner.Read(bytes.AsSpan(13), out int third).ShouldBe(RespStatus.Done);
        third.ShouldBe(5);
        scanner.IsError.ShouldBeTrue();
        scanner.Read(bytes.AsSpan(18), out int rest).ShouldBe(RespStatus.NeedMore);
        rest.ShouldBe(2);
    }

    [Theory]
    [InlineData("hello\r\n", RespFault.UnknownKind)]
    [InlineData("\r\n", RespFault.UnknownKind)]
    [InlineData("_\r\n", RespFault.UnknownKind)]
    [InlineData("%1\r\n", RespFault.UnknownKind)]
    [InlineData("+OK\n", RespFault.BadLine)]
    [InlineData("+OK\r+", RespFault.BadLine)]
    [InlineData("+O\rK\r\n", RespFault.BadLine)]
    [InlineData(":\r\n", RespFault.BadNumber)]
    [InlineData(":-\r\n", RespFault.BadNumber)]
    [InlineData(":--1\r\n", RespFault.BadNumber)]
    [InlineData(":1-\r\n", RespFault.BadNumber)]
    [InlineData(":1 \r\n", RespFault.BadNumber)]
    [InlineData(":1\n", RespFault.BadNumber)]
    [InlineData(":1\r\r", RespFault.BadLine)]
    [InlineData(":9223372036854775808\r\n", RespFault.BadNumber)]
    [InlineData(":-9223372036854775809\r\n", RespFault.BadNumber)]
    [InlineData(":00000000000000000000001\r\n", RespFault.BadNumber)]
    [InlineData("$\r\n", RespFault.BadNumber)]
    [InlineData("$-2\r\n", RespFault.BadNumber)]
    [InlineData("$x\r\n", RespFault.BadNumber)]
    [InlineData("$1001\r\n", RespFault.BulkTooLong)]
    [InlineData("$9223372036854775807\r\n", RespFault.BulkTooLong)]
    [InlineData("$1\r\nab\r\n", RespFault.BadBulkEnd)]
    [InlineData("$1\r\na\rb", RespFault.BadBulkEnd)]
    [InlineData("*-3\r\n", RespFault.BadNumber)]
    [InlineData("*51\r\n", RespFault.ArrayTooLong)]
    [InlineData("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", RespFault.TooDeep)]
    [InlineData("*1\r\n?", RespFault.UnknownKind)]
    public void Read_NoReply_IsRefusedHoweverItIsCut(string reply, RespFault fault)
    {
        byte[] bytes = Bytes.Of(reply);
        foreach (int[] ends in Bytes.Splits(bytes.Length))
        {
            var scanner = new RespScanner(Limits);
            int at = 0;
            RespStatus status = RespStatus.NeedMore;
            for (int i = 0; i < ends.Length && status == RespStatus.NeedMore; i++)
            {
                status = scanner.Read(bytes.AsSpan(at, ends[i] - at), out int taken);
                at += taken;
            }

            status.ShouldBe(RespStatus.Refused);
            scanner.Fault.ShouldBe(fault);
            scanner.Read("+OK\r\n"u8, out int more).ShouldBe(RespStatus.Refused);
            more.ShouldBe(0);
        }
    }

    [Fact]
    public void Read_AtTheLimits_OnlyWhatIsPastThemIsRefused()
    {
        Fault("+" + new string('a', 100) + "\r\n").ShouldBe(RespFault.None);
        Fault("+" + new string('a', 101) + "\r\n").ShouldBe(RespFault.LineTooLong);
        Fault("+" + new string('a', 101)).ShouldBe(RespFault.LineTooLong);
        Fault("$1000\r\n" + new string('a', 1_000) + "\r\n").ShouldBe(RespFault.None);
        Fault("*50\r\n" + string.Concat(Enumerable.Repeat(":1\r\n", 50))).ShouldBe(RespFault.None);
        Fault("*5\r\n" + string.Concat(Enumerable.Repeat("$988\r\n" + new string('a', 988) + "\r\n", 5))).ShouldBe(RespFault.None);
        Fault("*6\r\n" + string.Concat(Enumerable.Repeat("$988\r\n" + new string('a', 988) + "\r\n", 6))).ShouldBe(RespFault.ReplyTooLong);

        static RespFault Fault(string reply)
        {
            var scanner = new RespScanner(Limits);
            RespStatus status = scanner.Read(Bytes.Of(reply), out _);
            status.ShouldBe(scanner.Fault == RespFault.None ? RespStatus.Done : RespStatus.Refused);
            return scanner.Fault;
        }
    }

    [Fact]
    public void Read_AnyBytes_ResultDoesNotDependOnTheSplit() => Gen.Select(
        RespBytes.Any, Gen.Int[1, 9].Array[1, 8]).Sample((bytes, cuts) =>
    {
        (int whole, RespFault fault) = Scan(bytes, [bytes.Length + 1]);
        Scan(bytes, cuts).ShouldBe((whole, fault));
    }, iter: 20_000);

    // How many replies there are before the end or the fault.
    private static (int Replies, RespFault Fault) Scan(byte[] bytes, int[] cuts)
    {
        var scanner = new RespScanner(Limits);
        int replies = 0;
        int at = 0;
        for (int i = 0; at < bytes.Length; i++)
        {
            int end = Math.Min(bytes.Length, at + cuts[i % cuts.Length]);
            while (at < end)
            {
                RespStatus status = scanner.Read(bytes.AsSpan(at, end - at), out int taken);
                at += taken;
                replies += status == RespStatus.Done ? 1 : 0;
                if (status == RespStatus.Refused)
                {
                    return (replies, scanner.Fault);
                }
            }
        }

        return (replies, RespFault.None);
    }
}
