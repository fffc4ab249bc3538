namespace Atlas.Protocols.Http2;

/// <summary>How far the peer has come.</summary>
public sealed partial class Http2Connection
{
    /// <summary>Whether a part of a frame or of a head came that means nothing before the rest of it. A peer that is slow with it
    /// holds the connection up. Content is no such part.</summary>
    public bool IsWithinFrame => _blockStream > 0 || _payload is PayloadKind.Whole or PayloadKind.Block or PayloadKind.Skipped;
}
