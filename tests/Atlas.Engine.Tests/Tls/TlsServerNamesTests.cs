using System.Text;
using Atlas.Engine.Tls;

namespace Atlas.Engine.Tests.Tls;

public sealed class TlsServerNamesTests
{
    private const int Rsa = 6;
    private const int Ec = 408;

    [Theory]
    [InlineData("a.test", 1, "a.test")]
    [InlineData("A.Test", 1, "a.test")]
    [InlineData("a.test.", 1, "a.test")]
    [InlineData("x.a.test", 2, "x.a.test")]
    [InlineData("exact.a.test", 3, "exact.a.test")]
    public void Find_KnownName_GivesItsCertificates(string asked, int certificate, string name)
    {
        TlsServerNames names = Names((["default.test"], Ec), (["a.test"], Ec), (["*.a.test"], Ec), (["exact.a.test"], Ec));
        names.TryFind(Encoding.ASCII.GetBytes(asked), out int set, out string found).ShouldBeTrue();
        names.Sets[set].ShouldBe([certificate]);
        found.ShouldBe(name);
    }

    [Theory]
    [InlineData("b.test", "b.test")]
    [InlineData("y.x.a.test", "y.x.a.test")]
    [InlineData("", "")]
    [InlineData(".", "")]
    [InlineData(".a.test", "")]
    [InlineData("*.a.test", "")]
    [InlineData("a.test..", "a.test.")]
    [InlineData("a test", "")]
    [InlineData("a.t\u00e9st", "")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void Find_OtherName_GivesTheFirstCertificate(string asked, string name)
    {
        TlsServerNames names = Names((["default.test"], Ec), (["a.test"], Ec), (["*.a.test"], Ec));
        names.TryFind(Encoding.UTF8.GetBytes(asked), out int set, out string found).ShouldBeFalse();
        names.Sets[set].ShouldBe([0]);
        found.ShouldBe(name);
    }

    [Theory]
    [InlineData(TlsServerNames.MaxNameLength, true)]
    [InlineData(TlsServerNames.MaxNameLength + 1, false)]
    public void Find_LongName_IsNoneBeyondTheLimit(int length, bool isKnown)
    {
        string name = new('a', length);
        TlsServerNames names = Names((["default.test"], Ec), ([name], Ec));
        names.TryFind(Encoding.ASCII.GetBytes(name), out _, out string found).ShouldBe(isKnown);
        found.ShouldBe(isKnown ? name : "");
    }

    [Fact]
    public void Sets_OneNameWithTwoKindsOfKeys_StandSideBySideAndTheFirstOfAKindCounts()
    {
        TlsServerNames names = Names((["a.test", "b.test"], Rsa), (["a.test"], Ec), (["a.test", "c.test"], Rsa), (["b.test"], Rsa));
        Set(names, "a.test").ShouldBe([0, 1]);
        Set(names, "b.test").ShouldBe([0]);
        Set(names, "c.test").ShouldBe([2]);
        names.Sets[names.Default].ShouldBe([0, 1]);
    }

    [Fact]
    public void Sets_CertificatesWithoutNames_AreTheDefaultTogether()
    {
        TlsServerNames names = Names(([], Rsa), (["a.test"], Ec), ([], Ec));
        names.Sets[names.Default].ShouldBe([0, 2]);
        names.TryFind([], out int set, out _).ShouldBeFalse();
        set.ShouldBe(names.Default);
    }

    private static TlsServerNames Names(params (IReadOnlyList<string> Names, int KeyKind)[] certificates) => new(certificates);

    private static int[] Set(TlsServerNames names, string name)
    {
        names.TryFind(Encoding.ASCII.GetBytes(name), out int set, out _).ShouldBeTrue();
        return names.Sets[set];
    }
}
