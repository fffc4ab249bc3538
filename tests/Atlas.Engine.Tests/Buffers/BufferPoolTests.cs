using Atlas.Engine.Buffers;
using CsCheck;

namespace Atlas.Engine.Tests.Buffers;

public sealed class BufferPoolTests
{
    [Fact]
    public void TryRent_PastTheBound_SaysNoUntilOneComesBack()
    {
        using var pool = new BufferPool((2 * BufferPool.SmallLength) + 1);
        NativeBuffer first = pool.TryRent(BufferSize.Small).ShouldNotBeNull();
        NativeBuffer second = pool.TryRent(BufferSize.Small).ShouldNotBeNull();
        pool.TryRent(BufferSize.Small).ShouldBeNull();
        pool.TryRent(BufferSize.Large).ShouldBeNull();
        pool.Lent.ShouldBe(2);
        pool.AllocatedBytes.ShouldBe(2 * BufferPool.SmallLength);
        first.Return();
        pool.Lent.ShouldBe(1);
        pool.TryRent(BufferSize.Small).ShouldBeSameAs(first);
        first.Return();
        second.Return();
        pool.Lent.ShouldBe(0);
    }

    [Theory]
    [InlineData(BufferSize.Small, BufferPool.SmallLength)]
    [InlineData(BufferSize.Large, BufferPool.LargeLength)]
    public void TryRent_ASize_GivesMemoryOfItsOwn(BufferSize size, int length)
    {
        using var pool = new BufferPool();
        NativeBuffer a = pool.TryRent(size)!;
        NativeBuffer b = pool.TryRent(size)!;
        a.Length.ShouldBe(length);
        a.Span.Fill(1);
        b.Span.Fill(2);
        a.Span.ContainsAnyExcept((byte)1).ShouldBeFalse();
        a.Return();
        b.Return();
    }

    [Fact]
    public void Return_Twice_Throws()
    {
        using var pool = new BufferPool();
        NativeBuffer buffer = pool.TryRent(BufferSize.Small)!;
        buffer.Return();
        Should.Throw<InvalidOperationException>(buffer.Return);
        pool.Lent.ShouldBe(0);
    }

    [Fact]
    public void Dispose_SomeAreLent_NoneIsEverLentAgain()
    {
        var pool = new BufferPool();
        NativeBuffer buffer = pool.TryRent(BufferSize.Small)!;
        pool.Dispose();
        pool.AllocatedBytes.ShouldBe(0);
        buffer.Return();
        pool.Lent.ShouldBe(0);
        pool.TryRent(BufferSize.Small).ShouldBeNull();
    }

    [Fact]
    public void TryRent_TheOtherSizeHadTheWholeLimit_LendsAsMuchAsEver()
    {
        const int limit = 1 << 20;
        using var pool = new BufferPool(limit);
        foreach (BufferSize size in (BufferSize[])[BufferSize.Large, BufferSize.Small, BufferSize.Large])
        {
            int count = limit / (size == BufferSize.Small ? BufferPool.SmallLength : BufferPool.LargeLength);
            NativeBuffer[] lent = Rent(pool, size, count);
            pool.TryRent(size).ShouldBeNull();
            GiveBack(lent);
            pool.AllocatedBytes.ShouldBe(limit);
        }
    }

    [Fact]
    public void TryRent_IdleBlocksOfTheOtherSizeAreTooFew_KeepsThem()
    {
        using var pool = new BufferPool(BufferPool.LargeLength);
        NativeBuffer lent = pool.TryRent(BufferSize.Small)!;
        GiveBack(Rent(pool, BufferSize.Small, 7));

        pool.TryRent(BufferSize.Large).ShouldBeNull();

        pool.AllocatedBytes.ShouldBe(8 * BufferPool.SmallLength);
        lent.Return();
        pool.TryRent(BufferSize.Large).ShouldNotBeNull();
    }

    [Theory]
    [InlineData(BufferSize.Small, BufferPool.SmallLength)]
    [InlineData(BufferSize.Large, BufferPool.LargeLength)]
    public void Return_AfterABurst_KeepsABoundedPart(BufferSize size, int length)
    {
        using var pool = new BufferPool();
        NativeBuffer[] burst = Rent(pool, size, (4 * BufferPool.MaxIdleBytes) / length);
        foreach (NativeBuffer buffer in burst)
        {
            buffer.Span.Fill(1);
        }

        GiveBack(burst);

        pool.AllocatedBytes.ShouldBe(BufferPool.MaxIdleBytes);
        Should.Throw<InvalidOperationException>(burst[^1].Return, "it is gone, and was given back once");
    }

    [Fact]
    public void TryRent_OneSizeIsIdleUpToTheBound_TheOtherIsKeptToo()
    {
        using var pool = new BufferPool();
        GiveBack(Rent(pool, BufferSize.Large, BufferPool.MaxIdleBytes / BufferPool.LargeLength));
        NativeBuffer small = pool.TryRent(BufferSize.Small)!;
        small.Return();
        pool.TryRent(BufferSize.Small).ShouldBeSameAs(small);
    }

    [Fact]
    public void RentAndReturn_AnyOrder_NeverTakesWhatIsLent()
    {
        Gen.Int[0, 9].Array[0, 400].Sample(steps =>
        {
            using var pool = new BufferPool(1 << 20);
            var lent = new List<(NativeBuffer Buffer, byte Mark)>();
            byte mark = 0;
            foreach (int step in steps)
            {
                if (step >= 5 && lent.Count > 0)
                {
                    int index = mark % lent.Count;
                    lent[index].Buffer.Return();
                    lent.RemoveAt(index);
                }
                else if (pool.TryRent(step < 2 ? BufferSize.Large : BufferSize.Small) is { } buffer)
                {
                    buffer.Span.Fill(++mark);
                    lent.Add((buffer, mark));
                }

                pool.AllocatedBytes.ShouldBeInRange(lent.Sum(entry => (long)entry.Buffer.Length), pool.LimitBytes);
            }

            lent.Count(entry => entry.Buffer.Span.ContainsAnyExcept(entry.Mark)).ShouldBe(0);
            lent.ForEach(entry => entry.Buffer.Return());
            pool.Lent.ShouldBe(0);
        }, iter: 300);
    }

    [Fact]
    public void TryRent_SteadyState_AllocatesNothing()
    {
        using var pool = new BufferPool();

        Allocations.Of(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                pool.TryRent(BufferSize.Small)!.Return();
            }
        }).ShouldBe(0);
    }

    private static NativeBuffer[] Rent(BufferPool pool, BufferSize size, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => pool.TryRent(size).ShouldNotBeNull())];

    private static void GiveBack(IEnumerable<NativeBuffer> buffers)
    {
        foreach (NativeBuffer buffer in buffers)
        {
            buffer.Return();
        }
    }

    [Fact]
    public void Span_AfterReturn_Throws()
    {
        using var pool = new BufferPool();
        NativeBuffer buffer = pool.TryRent(BufferSize.Small).ShouldNotBeNull();
        buffer.Return();

        Should.Throw<InvalidOperationException>(() => buffer.Span.Length);
    }
}
