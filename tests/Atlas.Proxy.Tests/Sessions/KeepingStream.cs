using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Asks once, and keeps what it got after the close, as TLS does for a client that takes nothing.</summary>
internal sealed class KeepingStream(EventLoop loop) : ByteStream(loop)
{
    private byte[] _request = "GET / HTTP/1.0\r\n\r\n"u8.ToArray();
    private Action? _gone;
    private bool _isGone;

    internal int? IdleMs { get; private set; }

    public override bool IsLingering => IsClosed && !_isGone;

    public override void LimitLinger(int idleMs) => IdleMs = idleMs;

    public override void WhenGone(Action action) => _gone = action;

    public override int TryReceive(Span<byte> buffer)
    {
        int length = _request.Length;
        _request.CopyTo(buffer);
        _request = [];
        ReceiveDrained(foundNothing: length == 0);
        return length == 0 ? WouldBlock : length;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;

    public override int TrySend(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => first.Length + second.Length;

    public override int Peek() => _request.Length > 0 ? 1 : WouldBlock;

    public override void ShutdownSend()
    {
    }

    internal void Ask() => SignalReceive();

    internal void Go()
    {
        _isGone = true;
        _gone!();
    }

    protected override void CloseCore(bool abort)
    {
    }
}
