using Atlas.Protocols.Http2;

namespace Atlas.Protocols.Tests.Http2;

public sealed class Http2MemoryTests
{
    private readonly Http2Memory _memory = new(Http2Limits.Default);

    [Fact]
    public void TryRentBlock_LongBlocks_LeaveRoomForUsualOnes()
    {
        var rented = new List<byte[]>();
        while (_memory.TryRentBlock(16_384) is { } block)
        {
            rented.Add(block);
        }

        _memory.RentedBytes.ShouldBe(Http2Memory.MaxBlocksBytes - Http2Memory.ReservedBytes);
        _memory.TryRentBlock(Http2Memory.UsualBlock + 1).ShouldBeNull();
        while (_memory.TryRentBlock(Http2Memory.UsualBlock) is { } block)
        {
            rented.Add(block);
        }

        _memory.RentedBytes.ShouldBe(Http2Memory.MaxBlocksBytes);
        rented.ForEach(_memory.Return);
        _memory.RentedBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(1, 512)]
    [InlineData(512, 512)]
    [InlineData(513, 1024)]
    [InlineData(65_536, 65_536)]
    public void TryRentBlock_AnyLength_HoldsAtMostTwiceAsMuch(int length, int expected)
    {
        byte[] block = _memory.TryRentBlock(length).ShouldNotBeNull();

        _memory.RentedBytes.ShouldBe(expected);
        block.Length.ShouldBe(expected);
    }

    [Fact]
    public void EndReceiving_AmidABlock_GivesItsMemoryBack()
    {
        var side = new Side(Http2Role.Server, memory: _memory);
        side.Feed([.. Http2Connection.Preface, .. Frames.Settings()], Frames.Headers(1, Frames.Get)[..^1]);
        _memory.RentedBytes.ShouldBe(512);

        side.Connection.EndReceiving();

        _memory.RentedBytes.ShouldBe(0);
    }
}
