using Atlas.Protocols.Http;

namespace Atlas.Protocols.Tests.Http;

public sealed class HeaderTableTests
{
    [Fact]
    public void TryAdd_PastTheCapacity_GrowsUpToTheLimit()
    {
        HeaderTable table = new(1);

        for (int i = 0; i < 5; i++)
        {
            table.TryAdd(Field(KnownHeader.None, i), 5).ShouldBeTrue();
        }

        table.TryAdd(Field(KnownHeader.None, 5), 5).ShouldBeFalse();
        table.Count.ShouldBe(5);
        table.Fields.ToArray().Select(x => x.Name.Offset).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void IndexOf_Known_FindsEachInOrder()
    {
        HeaderTable table = new();
        table.TryAdd(Field(KnownHeader.Host, 0), 9);
        table.TryAdd(Field(KnownHeader.None, 1), 9);
        table.TryAdd(Field(KnownHeader.Via, 2), 9);
        table.TryAdd(Field(KnownHeader.Via, 3), 9);

        table.IndexOf(KnownHeader.Via).ShouldBe(2);
        table.IndexOf(KnownHeader.Via, 3).ShouldBe(3);
        table.IndexOf(KnownHeader.Via, 4).ShouldBe(-1);
        table.IndexOf(KnownHeader.Cookie).ShouldBe(-1);
        table.IndexOf(KnownHeader.None).ShouldBe(1);
    }

    [Fact]
    public void Contains_EachKnownHeader_IsToldApart()
    {
        foreach (KnownHeader known in Enum.GetValues<KnownHeader>())
        {
            HeaderTable table = new();
            table.TryAdd(Field(known, 0), 9);

            Enum.GetValues<KnownHeader>().Where(table.Contains).ShouldBe([known]);
        }
    }

    [Fact]
    public void Clear_ForgetsAll()
    {
        HeaderTable table = new();
        table.TryAdd(Field(KnownHeader.Host, 0), 9);
        table.TryAdd(Field(Enum.GetValues<KnownHeader>().Max(), 0), 9);

        table.Clear();

        table.Count.ShouldBe(0);
        Enum.GetValues<KnownHeader>().Where(table.Contains).ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => table[0].Known);
    }

    private static HeaderField Field(KnownHeader known, int number) => new(new Slice(number, 1), default, known);
}
