using System.Numerics;

namespace Atlas.Proxy.Forwarding;

/// <summary>Memory for the forms of a path while one request is looked at. Each worker has one; it grows to the longest path
/// seen, which the listener's limit of request lines bounds. What it lends lasts until the same is asked for again.</summary>
internal sealed class PathScratch
{
    private byte[] _compared = new byte[256];
    private byte[] _spelled = new byte[256];
    private byte[] _rewritten = new byte[256];

    /// <summary>Room for the form that routes compare.</summary>
    internal Span<byte> Compared(int length) => Room(ref _compared, length);

    /// <summary>Room for the form that servers get.</summary>
    internal Span<byte> Spelled(int length) => Room(ref _spelled, length);

    /// <summary>Room for a path with another prefix.</summary>
    internal Span<byte> Rewritten(int length) => Room(ref _rewritten, length);

    private static Span<byte> Room(ref byte[] memory, int length)
    {
        if (length > memory.Length)
        {
            memory = new byte[BitOperations.RoundUpToPowerOf2((uint)length)];
        }

        return memory.AsSpan(0, length);
    }
}
