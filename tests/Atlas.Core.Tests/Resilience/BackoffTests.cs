using System.Text;
using Atlas.Core.Resilience;
using CsCheck;

namespace Atlas.Core.Tests.Resilience;

public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 0.0, 0)]
    [InlineData(1, 1.0, 25)]
    [InlineData(2, 1.0, 50)]
    [InlineData(2, 0.5, 25)]
    [InlineData(4, 1.0, 200)]
    [InlineData(5, 1.0, 250)]
    [InlineData(10, 1.0, 250)]
    [InlineData(1_000, 1.0, 250)]
    public void DelayMs_Bound_DoublesUpToTheMaximum(int retry, double random, int expected) =>
        Backoff.DelayMs(retry, random).ShouldBe(expected);

    [Theory]
    [InlineData(1_000, 1_000)]
    [InlineData(10, 25)]
    [InlineData(Backoff.MaxRetryAfterMs, Backoff.MaxRetryAfterMs)]
    [InlineData(Backoff.MaxRetryAfterMs + 1, -1)]
    public void DelayMs_WithARetryAfter_WaitsAtLeastSoLong(long retryAfterMs, int expected) =>
        Backoff.DelayMs(1, 1, retryAfterMs).ShouldBe(expected);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1_000)]
    [InlineData("120", 120_000)]
    [InlineData("86400", 86_400_000)]
    [InlineData("86401", 86_400_000)]
    [InlineData("99999999999999999999999999999999", 86_400_000)]
    [InlineData("", 0)]
    [InlineData("-1", 0)]
    [InlineData("1.5", 0)]
    [InlineData("1 ", 0)]
    [InlineData("Fri, 31 Dec 1999 23:59:59 GMT", 0)]
    public void RetryAfterMs_AValue_IsReadAsSeconds(string value, long expected) =>
        Backoff.RetryAfterMs(Encoding.ASCII.GetBytes(value)).ShouldBe(expected);

    [Fact]
    public void DelayMs_AnyRetryAndRandom_StaysWithinTheBounds() =>
        Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[0, 1]).Sample((retry, random) =>
            Backoff.DelayMs(retry, random).ShouldBeInRange(0, Backoff.MaxMs));

    [Fact]
    public void RetryAfterMs_AnyBytes_IsFromNothingToADay() =>
        Gen.Byte.Array[0, 40].Sample(value => Backoff.RetryAfterMs(value).ShouldBeInRange(0, 86_400_000));
}
