namespace Atlas.Protocols.Resp;

/// <summary>What a value of RESP2 is.</summary>
public enum RespKind : byte
{
    /// <summary>A line of text, such as OK.</summary>
    Text,

    /// <summary>A line that says why a command failed.</summary>
    Error,

    /// <summary>A number of 64 bits.</summary>
    Integer,

    /// <summary>Bytes of a length that was told before.</summary>
    Bulk,

    /// <summary>Nothing: a null bulk or a null array.</summary>
    Null,

    /// <summary>Values, which follow it.</summary>
    Array,
}
