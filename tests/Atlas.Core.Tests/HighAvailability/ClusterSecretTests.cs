using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

public sealed class ClusterSecretTests
{
    private static readonly byte[] Secret = [.. "0123456789abcdef"u8];

    [Fact]
    public void Keys_OfOneSecret_AreTheSameAndOneForEachUse()
    {
        ClusterSecret one = new(Secret);
        ClusterSecret again = new(Secret);
        again.HeartbeatKey.ShouldBe(one.HeartbeatKey);
        again.TicketSecret.ShouldBe(one.TicketSecret);
        again.StickySecret.ShouldBe(one.StickySecret);
        new[] { one.HeartbeatKey, one.TicketSecret, one.StickySecret }.Select(Convert.ToHexString).Distinct().Count().ShouldBe(3);
        new ClusterSecret([.. "0123456789abcdeg"u8]).HeartbeatKey.ShouldNotBe(one.HeartbeatKey);
    }

    // By Python's hmac: HKDF with an empty salt, 32 bytes. Nodes of different versions must agree.
    [Fact]
    public void Keys_OfAKnownSecret_AreThoseOfRfc5869() =>
        Convert.ToHexStringLower(new ClusterSecret(Secret).HeartbeatKey).ShouldBe("7acfdad8286c2da2beed44e05d0cff1932dbbd5b52390ff212bd37dc75971da6");

    [Theory]
    [InlineData(0)]
    [InlineData(ClusterSecret.MinBytes - 1)]
    public void ProblemOf_TooShort_SaysHowToMakeOne(int length)
    {
        byte[] secret = Secret[..length];
        ClusterSecret.ProblemOf(secret).ShouldBe(
            $"the secret has {length} bytes, and needs 16 that nobody can guess: make one with 'openssl rand -hex 32'");
        Should.Throw<ArgumentException>(() => new ClusterSecret(secret));
    }

    [Fact]
    public void ProblemOf_OneByteOverAndOver_IsOne() => ClusterSecret.ProblemOf(new byte[32]).ShouldNotBeNull();
}
