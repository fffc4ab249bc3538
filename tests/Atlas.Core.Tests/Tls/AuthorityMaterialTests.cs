using Atlas.Core.Tls;

namespace Atlas.Core.Tests.Tls;

public sealed class AuthorityMaterialTests
{
    private static readonly AuthorityCertificate Old = new("CN=One", "old", "k1", 0, 10);

    // Of one that ends at 10, seen at a time, beside another.
    [Theory]
    [InlineData("CN=One", "k1", 5, 20, 1, "new")]
    [InlineData("CN=One", "k1", 10, 20, 1, "new")]
    [InlineData("CN=One", "k1", 11, 20, 1, "old,new")]
    [InlineData("CN=One", "k1", 11, 20, 11, "new")]
    [InlineData("CN=One", "k2", 5, 20, 1, "old,new")]
    [InlineData("CN=Two", "k1", 5, 20, 1, "old,new")]
    [InlineData("CN=One", "k1", 0, 10, 1, "new")]
    public void Lasting_OfTwo_LeavesOutTheOneThatTheOtherStandsInFor(string subject, string key, long begin, long end, long at, string expected)
    {
        var other = new AuthorityCertificate(subject, "new", key, begin, end);

        string.Join(",", new AuthorityMaterial([], [other, Old]).LastingAt(at).Select(one => one.Fingerprint)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("k1", "")]
    [InlineData("k2", "old,new")]
    public void OfConcern_OfOneThatHasNotBegun_LeavesItOutWhileAnotherOfItsKeyIsValid(string key, string expected)
    {
        var next = new AuthorityCertificate("CN=One", "new", key, 5, 20);

        string.Join(",", new AuthorityMaterial([], [Old, next]).OfConcernAt(1).Select(one => one.Fingerprint)).ShouldBe(expected);
    }

    [Theory]
    [InlineData(AuthorityMaterial.MaxOwn, AuthorityMaterial.MaxOwn)]
    [InlineData(AuthorityMaterial.MaxOwn + 1, 1)]
    public void Lasting_OfMoreThanAnybodyKeeps_IsTheLastToEnd(int count, int lasting)
    {
        var material = new AuthorityMaterial([], [.. Enumerable.Range(0, count).Select(i => new AuthorityCertificate($"CN={i}", $"{i}", $"{i}", 0, i))]);

        material.LastingAt(0).Count().ShouldBe(lasting);
        material.LastingAt(0).Last().Fingerprint.ShouldBe($"{count - 1}");
    }
}
