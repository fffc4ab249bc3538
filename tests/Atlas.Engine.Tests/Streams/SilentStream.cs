using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Engine.Tests.Streams;

/// <summary>A stream that never gets news: with it a flow waits for a time.</summary>
public sealed class SilentStream(EventLoop loop) : ByteStream(loop)
{
    public ReadinessAwaitable For(int milliseconds) => ReceiveReadyAsync(Loop.NowMs + milliseconds);

    public override int TryReceive(Span<byte> buffer) => WouldBlock;

    public override int TrySend(ReadOnlySpan<byte> bytes) => WouldBlock;

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => WouldBlock;

    public override int Peek() => WouldBlock;

    public override void ShutdownSend()
    {
        // Nobody is there.
    }

    protected override void CloseCore(bool abort)
    {
        // Nothing to close.
    }
}
