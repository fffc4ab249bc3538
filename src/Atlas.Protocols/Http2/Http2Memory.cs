using System.Buffers;
using System.Numerics;

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
    /// take no more of the worker's memory.</summary>
    public const int MaxBlocksBytes = 16 * 1024 * 1024;

    /// <summary>What of it is only for blocks of up to <see cref="UsualBlock"/> bytes: who sends long ones does not keep out the others.
    /// </summary>
    internal const int ReservedBytes = MaxBlocksBytes / 2;

    /// <summary>What the blocks of browsers and of most others stay below.</summary>
    internal const int UsualBlock = 4096;

    // Whoever never ends a block holds at most twice what it sent, or this.
    private const int LeastBlock = 512;

    private readonly Stack<HeadSpace> _spaces = new(KeptPieces);

    /// <summary>The limits.</summary>
    public Http2Limits Limits { get; } = limits;

    /// <summary>Bytes of blocks that are held now.</summary>
    internal int RentedBytes { get; private set; }

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
    /// <returns>At least as many; null: too many are held.</returns>
    internal byte[]? TryRentBlock(int length)
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, LeastBlock));
        int most = size <= UsualBlock ? MaxBlocksBytes : MaxBlocksBytes - ReservedBytes;
        if (RentedBytes + size > most)
        {
            return null;
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(size);
        RentedBytes += block.Length;
        return block;
    }

    /// <summary>Gives it back.</summary>
    internal void Return(byte[] block)
    {
        RentedBytes -= block.Length;
        ArrayPool<byte>.Shared.Return(block);
    }
}
