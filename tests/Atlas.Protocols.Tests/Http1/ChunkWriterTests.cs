using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

public sealed class ChunkWriterTests
{
    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(256, "100\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void WriteSizeLine_Size_IsHexadecimalAndEndsBeforeTheData(int size, string line)
    {
        byte[] reserved = new byte[20];

        int start = ChunkWriter.WriteSizeLineBefore(reserved, size);
        Bytes.Text(reserved.AsSpan(start)).ShouldBe(line);
        ChunkWriter.SizeLineLength(size).ShouldBe(line.Length);
        ChunkWriter.WriteSizeLine(reserved, size).ShouldBe(line.Length);
        Bytes.Text(reserved.AsSpan(0, line.Length)).ShouldBe(line);
        line.Length.ShouldBeLessThanOrEqualTo(ChunkWriter.MaxSizeLine);
    }

    [Fact]
    public void WriteSizeLine_SizeZeroOrNoRoom_Throws()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => ChunkWriter.WriteSizeLine(new byte[20], 0));
        Should.Throw<ArgumentOutOfRangeException>(() => ChunkWriter.WriteSizeLine(new byte[20], -1));
        Should.Throw<ArgumentOutOfRangeException>(() => ChunkWriter.WriteSizeLine(new byte[3], 16));
        Should.Throw<ArgumentOutOfRangeException>(() => ChunkWriter.WriteSizeLineBefore(new byte[9], 1));
    }

    [Fact]
    public void LastChunk_IsDecoded()
    {
        Chunks.Decode(Bytes.Text(ChunkWriter.LastChunk)).Status.ShouldBe(ChunkStatus.Done);
        Chunks.Decode(Bytes.Text(ChunkWriter.LastChunkBeforeTrailers) + "A").Status.ShouldBe(ChunkStatus.Trailers);
    }
}
