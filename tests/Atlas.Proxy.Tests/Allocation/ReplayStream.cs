using Atlas.Engine.Workers;

namespace Atlas.Proxy.Tests.Allocation;

/// <summary>A stream that brings the same bytes again and again, takes everything and allocates nothing.</summary>
internal sealed class ReplayStream(EventLoop loop, byte[] incoming) : FedStream(loop)
{
    internal long SentBytes { get; private set; }

    /// <summary>The bytes arrive once more.</summary>
    internal void Offer() => Give(incoming);

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        SentBytes += bytes.Length;
        return bytes.Length;
    }
}
