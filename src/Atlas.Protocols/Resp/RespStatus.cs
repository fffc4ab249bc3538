namespace Atlas.Protocols.Resp;

/// <summary>What a call of <see cref="RespScanner.Read"/> came to.</summary>
public enum RespStatus : byte
{
    /// <summary>All is well so far, and more bytes are needed.</summary>
    NeedMore,

    /// <summary>A reply ended.</summary>
    Done,

    /// <summary>What came is no RESP2, or above the limits; <see cref="RespScanner.Fault"/> says what. The connection cannot be
    /// read any further.</summary>
    Refused,
}
