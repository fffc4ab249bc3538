namespace Atlas.Protocols.Http2;

/// <summary>
/// What the connections of one thread share: their limits, and the memory for header blocks, which is in use only while a
/// block is received or a head is told. It keeps what came back, up to a few pieces.
/// </summary>
/// <param name="limits">The limits of all connections that use it.</param>
public sealed class Http2Memory(Http2Limits limits)
{
    /// <summary>The most pieces of each kind that are kept.</summary>
    public const int KeptPieces = 8;

    /// <summary>Bytes of header blocks that came in part and are held at a time, over all connections: who sends parts and no ends is to
    /// take no more of the worker's memory. 256 of the longest, or 4,096 of usual ones.</summary>
    public const int MaxBlocksBytes = 16 * 1024 * 1024;

    // Most blocks are below it; whoever never ends one holds no more than it sent, or this.
    private const int SmallBlock = 4096;

    private readonly Stack<HeadSpace> _spaces = new(KeptPieces);
    private readonly Stack<byte[]> _smallBlocks = new(KeptPieces);
    private readonly Stack<byte[]> _blocks = new(KeptPieces);

    private int _rentedBytes;

    /// <summary>The limits.</summary>
    public Http2Limits Limits { get; } = limits;

    /// <summary>Takes room for a decoded head.</summary>
    internal HeadSpace RentSpace() => _spaces.TryPop(out HeadSpace? space) ? space : new HeadSpace(Limits);

    /// <summary>Gives it back.</summary>
    internal void Return(HeadSpace space)
    {
        if (_spaces.Count < KeptPieces)
        {
            _spaces.Push(space);
        }
    }

    /// <summary>Takes room for a header block that did not come in one piece.</summary>
    /// <param name="length">Bytes that are needed, at the most <see cref="Http2Limits.BlockBytes"/>.</param>
    /// <returns>Null: <see cref="MaxBlocksBytes"/> are in use.</returns>
    internal byte[]? TryRentBlock(int length)
    {
        int size = length <= SmallBlock ? SmallBlock : Limits.BlockBytes;
        if (_rentedBytes + size > MaxBlocksBytes)
        {
            return null;
        }

        _rentedBytes += size;
        Stack<byte[]> blocks = length <= SmallBlock ? _smallBlocks : _blocks;
        return blocks.TryPop(out byte[]? block) ? block : new byte[size];
    }

    /// <summary>Gives it back.</summary>
    internal void Return(byte[] block)
    {
        _rentedBytes -= block.Length;
        Stack<byte[]> blocks = block.Length <= SmallBlock ? _smallBlocks : _blocks;
        if (blocks.Count < KeptPieces)
        {
            blocks.Push(block);
        }
    }
}
