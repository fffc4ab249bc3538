using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tests.Http;

public sealed class HeaderNamesTests
{
    public static TheoryData<KnownHeader> All { get; } = [.. Enum.GetValues<KnownHeader>().Where(x => x != KnownHeader.None)];

    [Theory]
    [MemberData(nameof(All))]
    public void Recognize_KnownName_IsFoundInAnyCase(KnownHeader known)
    {
        string name = Bytes.Text(known.Name());

        name.Length.ShouldBeInRange(2, HeaderNames.MaxLength);
        FieldSyntax.IsToken(known.Name()).ShouldBeTrue();
        Bytes.Text(known.LowerName()).ShouldBe(name.ToLowerInvariant());
        HeaderNames.Recognize(known.Name()).ShouldBe(known);
        HeaderNames.Recognize(known.LowerName()).ShouldBe(known);
        HeaderNames.Recognize(Bytes.Of(name.ToUpperInvariant())).ShouldBe(known);
        name.Replace("-", "", StringComparison.Ordinal).ShouldBe(known.ToString(), StringCompareShould.IgnoreCase);
    }

    // Whatever bit is flipped, only the case of a letter may be ignored.
    [Theory]
    [MemberData(nameof(All))]
    public void Recognize_NameWithOneBitChanged_IsFoundOnlyIfTheCaseChanged(KnownHeader known)
    {
        byte[] name = known.LowerName().ToArray();
        for (int bit = 0; bit < name.Length * 8; bit++)
        {
            byte[] changed = [.. name];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));

            bool same = char.IsAsciiLetter((char)name[bit / 8]) && bit % 8 == 5;
            (HeaderNames.Recognize(changed) == known).ShouldBe(same, Bytes.Text(changed));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Recognize_NameWithMoreOrLess_IsNotFound(KnownHeader known)
    {
        byte[] name = known.Name().ToArray();

        HeaderNames.Recognize([.. name, (byte)'s']).ShouldNotBe(known);
        HeaderNames.Recognize(name.AsSpan(1)).ShouldNotBe(known);
        HeaderNames.Recognize(name.AsSpan(0, name.Length - 1)).ShouldNotBe(known);
    }

    [Fact]
    public void Recognize_OtherNames_AreNone()
    {
        HeaderNames.Recognize(default).ShouldBe(KnownHeader.None);
        HeaderNames.Recognize("x"u8).ShouldBe(KnownHeader.None);
        HeaderNames.Recognize("x-custom"u8).ShouldBe(KnownHeader.None);
        HeaderNames.Recognize(new byte[33]).ShouldBe(KnownHeader.None);
        HeaderNames.Recognize(new byte[1000]).ShouldBe(KnownHeader.None);
    }

    [Fact]
    public void KnownHeader_Numbers_FitTheTablesBitSet()
    {
        ((int)Enum.GetValues<KnownHeader>().Max()).ShouldBeLessThan(128);
        ((int)KnownHeader.Te).ShouldBe(7);
        KnownHeader.None.Name().IsEmpty.ShouldBeTrue();
        KnownHeader.None.LowerName().IsEmpty.ShouldBeTrue();
    }
}
