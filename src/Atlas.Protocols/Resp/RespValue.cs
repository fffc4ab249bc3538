namespace Atlas.Protocols.Resp;

/// <summary>A value of a reply; its bytes are where the reply lies.</summary>
public readonly ref struct RespValue
{
    internal RespValue(RespKind kind, ReadOnlySpan<byte> bytes, long number)
    {
        Kind = kind;
        Bytes = bytes;
        Number = number;
    }

    /// <summary>What it is.</summary>
    public RespKind Kind { get; }

    /// <summary>The line of a text or an error, or a bulk's bytes; empty otherwise.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    /// <summary>An integer, or how many values an array has; 0 otherwise.</summary>
    public long Number { get; }
}
