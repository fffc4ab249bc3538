using Atlas.Engine.Buffers;

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
    public void TryRent_SteadyState_AllocatesNothing()
    {
        using var pool = new BufferPool();
        pool.TryRent(BufferSize.Small)!.Return();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            pool.TryRent(BufferSize.Small)!.Return();
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
