using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>A stream that brings the bytes that a test gives it, and allocates nothing. Nobody ends it, unless a test says what then.</summary>
internal abstract class FedStream(EventLoop loop) : ByteStream(loop)
{
    private byte[] _incoming = [];
    private int _at;

    /// <summary>The bytes arrive.</summary>
    internal void Give(byte[] bytes)
    {
        _incoming = bytes;
        _at = 0;
        SignalReceive();
    }

    public override int TryReceive(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _incoming.Length - _at);
        _incoming.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        if (_at == _incoming.Length)
        {
            ReceiveDrained(foundNothing: count == 0);
        }

        return count == 0 ? WouldBlock : count;
    }

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => TrySend(first) + TrySend(second);

    public override int Peek() => _at < _incoming.Length ? 1 : WouldBlock;

    public override void ShutdownSend() => throw new InvalidOperationException("Nobody ends these sessions.");

    protected override void CloseCore(bool abort) => throw new InvalidOperationException("Nobody ends these sessions.");
}
