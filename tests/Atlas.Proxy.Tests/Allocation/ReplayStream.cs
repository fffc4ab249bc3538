using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>A stream that brings the same bytes again and again, takes everything and allocates nothing.</summary>
internal sealed class ReplayStream(EventLoop loop, byte[] incoming) : ByteStream(loop)
{
    private int _at = incoming.Length;

    internal long SentBytes { get; private set; }

    /// <summary>The bytes arrive once more, up to a place.</summary>
    internal void Offer()
    {
        _at = 0;
        SignalReceive();
    }

    public override int TryReceive(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, incoming.Length - _at);
        incoming.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        if (_at == incoming.Length)
        {
            ReceiveDrained(foundNothing: count == 0);
        }

        return count == 0 ? WouldBlock : count;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        SentBytes += bytes.Length;
        return bytes.Length;
    }

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        SentBytes += first.Length + second.Length;
        return first.Length + second.Length;
    }

    public override int Peek() => _at < incoming.Length ? 1 : WouldBlock;

    public override void ShutdownSend() => throw new InvalidOperationException("Nobody ends these sessions.");

    protected override void CloseCore(bool abort) => throw new InvalidOperationException("Nobody ends these sessions.");
}
