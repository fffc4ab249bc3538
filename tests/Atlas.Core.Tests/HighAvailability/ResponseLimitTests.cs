using System.Net;
using Atlas.Core.Configuration;
using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

public sealed class ResponseLimitTests
{
    private const long Second = 1_000_000;

    private readonly ResponseLimit _limit = new(new Rate(3, 1_000), seed: 1);

    [Fact]
    public void Decide_AboveTheRate_DropsAndTruncatesInTurns()
    {
        Verdicts("10.0.0.1", 1, 7, at: 0).ShouldBe("SSSDTDT");
        Verdicts("10.0.0.1", 1, 5, at: Second).ShouldBe("SSSDT");
    }

    [Theory]
    [InlineData("10.0.0.255", true)]
    [InlineData("10.0.1.1", false)]
    [InlineData("2001:db8::1", false)]
    public void Decide_ClientsOfANetwork_ShareALimit(string other, bool isShared)
    {
        Verdicts("10.0.0.1", 1, 3, at: 0);
        Verdicts(other, 1, 1, at: 0).ShouldBe(isShared ? "D" : "S");
    }

    [Theory]
    [InlineData("2001:db8:0:ff::1", true)]
    [InlineData("2001:db8:0:100::1", false)]
    public void Decide_ClientsOfAnIPv6Network_ShareALimit(string other, bool isShared)
    {
        Verdicts("2001:db8::1", 1, 3, at: 0);
        Verdicts(other, 1, 1, at: 0).ShouldBe(isShared ? "D" : "S");
    }

    [Fact]
    public void Decide_OtherAnswers_HaveALimitOfTheirOwn()
    {
        Verdicts("10.0.0.1", 1, 4, at: 0).ShouldBe("SSSD");
        Verdicts("10.0.0.1", 2, 3, at: 0).ShouldBe("SSS");
    }

    [Fact]
    public void Decide_MoreNetworksThanEntries_HoldsAsManyAsItHas()
    {
        var limit = new ResponseLimit(new Rate(1, 1_000), seed: 1, entries: 8);
        for (int i = 0; i < 9; i++)
        {
            limit.Decide([10, 0, (byte)i, 1], 1, 0).ShouldBe(ResponseVerdict.Send);
        }

        // Of nine networks eight are remembered.
        int sent = Enumerable.Range(0, 9).Count(i => limit.Decide([10, 0, (byte)i, 1], 1, 0) == ResponseVerdict.Send);
        sent.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(5u, 9u, 9u)]
    [InlineData(9u, 9u, 10u)]
    [InlineData(20u, 9u, 21u)]
    [InlineData(uint.MaxValue, 9u, 9u)]
    [InlineData(uint.MaxValue, uint.MaxValue, 0u)]
    public void Serial_Next_IsGreaterByTheArithmeticOfSerials(uint before, uint now, uint next)
    {
        ZoneSerial.Next(before, now).ShouldBe(next);
        unchecked((int)(next - before)).ShouldBeGreaterThan(0);
    }

    private string Verdicts(string client, ulong answer, int count, long at) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => _limit.Decide(IPAddress.Parse(client).GetAddressBytes(), answer, at).ToString()[0]));
}
