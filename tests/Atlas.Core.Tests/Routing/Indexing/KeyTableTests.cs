using Atlas.Core.Routing.Indexing;
using CsCheck;

namespace Atlas.Core.Tests.Routing.Indexing;

public sealed class KeyTableTests
{
    private static readonly Gen<byte[]> Keys = Gen.OneOf(Gen.Byte.Array[0, 40], Gen.Byte[0, 3].Array[0, 3]);

    [Fact]
    public void Find_AnyKeys_GivesEachItsPlaceAndOthersNone() => Gen.Select(Keys.Array[0, 60], Keys.Array[30]).Sample((keys, others) =>
    {
        byte[][] distinct = [.. keys.DistinctBy(Convert.ToHexString)];
        var table = new KeyTable(distinct);

        foreach (byte[] key in distinct.Concat(others))
        {
            int expected = Array.FindIndex(distinct, other => other.AsSpan().SequenceEqual(key));
            table.Find(key).ShouldBe(expected, Convert.ToHexString(key));
            table.HasLength(key.Length).ShouldBe(distinct.Any(other => other.Length == key.Length));
        }

        table.MaxLength.ShouldBe(distinct.Length == 0 ? -1 : distinct.Max(key => key.Length));
    });

    [Fact]
    public void HasLength_AnyNumber_IsSafe()
    {
        var table = new KeyTable([[1, 2]]);

        table.HasLength(-1).ShouldBeFalse();
        table.HasLength(2).ShouldBeTrue();
        table.HasLength(int.MaxValue).ShouldBeFalse();
    }
}
