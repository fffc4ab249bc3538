namespace Atlas.Protocols.Resp;

/// <summary>What a server may send in one reply.</summary>
/// <param name="BulkBytes">Bytes of a bulk. Redis itself has at most 512 MiB (proto-max-bulk-len).</param>
/// <param name="LineBytes">Bytes of a line without its end.</param>
/// <param name="ArrayCount">Values of an array.</param>
/// <param name="ReplyBytes">Bytes of all, with lengths and line ends.</param>
public sealed record RespLimits(
    int BulkBytes = 16 << 20, int LineBytes = 16 << 10, int ArrayCount = 1 << 20, long ReplyBytes = 64 << 20)
{
    /// <summary>How deep arrays may be nested. Redis nests deeper only where a script makes it so; the replies of its own commands have
    /// four levels at most (CLUSTER SHARDS).</summary>
    public const int MaxDepth = 7;
}
