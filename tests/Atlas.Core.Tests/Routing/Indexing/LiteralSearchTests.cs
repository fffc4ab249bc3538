using System.Text;
using Atlas.Core.Routing;
using Atlas.Core.Routing.Indexing;
using CsCheck;

namespace Atlas.Core.Tests.Routing.Indexing;

public sealed class LiteralSearchTests
{
    private static readonly Gen<string> Words = Gen.Int[0, 2].Select(i => "abc"[i]).Array[1, 5].Select(letters => new string(letters));

    [Fact]
    public void Collect_AnyLiteralsAndTexts_FindsThoseThatAreContained() => Gen.Select(Words.Array[1, 20], Words.Array[0, 6].Array[5]).Sample((words, texts) =>
    {
        string[] literals = [.. words.Distinct()];
        var search = new LiteralSearch([.. literals.Select(Encoding.ASCII.GetBytes)]);
        var scratch = new RouteScratch();
        foreach (string text in texts.Select(parts => string.Join('/', parts)))
        {
            Find(search, text, scratch).ShouldBe(Enumerable.Range(0, literals.Length).Where(i => text.Contains(literals[i], StringComparison.Ordinal)));
        }
    });

    [Fact]
    public void Collect_WithinAnother_KeepsTheHitsOfThat()
    {
        var outer = new LiteralSearch(["a"u8.ToArray(), "b"u8.ToArray()]);
        var inner = new LiteralSearch([.. Enumerable.Range(0, 200).Select(i => Encoding.ASCII.GetBytes($"{i:d3}"))]);
        var scratch = new RouteScratch();

        int first = outer.Collect("ba"u8, scratch);
        int second = inner.Collect(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(i => $"{i:d3}"))), scratch);

        (scratch.HitCount - second).ShouldBe(200);
        scratch.EndHits(second);
        scratch.HitCount.ShouldBe(2);
        (scratch.Hit(first), scratch.Hit(first + 1)).ShouldBe((0, 1));
    }

    [Fact]
    public void Collect_LiteralThatIsThereOverAndOver_FindsItOnce()
    {
        var search = new LiteralSearch(["aa"u8.ToArray(), "a"u8.ToArray()]);

        Find(search, new string('a', 10_000), new RouteScratch()).ShouldBe([0, 1]);
    }

    private static int[] Find(LiteralSearch search, string text, RouteScratch scratch)
    {
        int start = search.Collect(Encoding.ASCII.GetBytes(text), scratch);
        int[] hits = [.. Enumerable.Range(start, scratch.HitCount - start).Select(scratch.Hit)];
        scratch.EndHits(start);
        return hits;
    }
}
