namespace Atlas.Protocols.Resp;

/// <summary>Why replies cannot be read.</summary>
public enum RespFault : byte
{
    /// <summary>They can.</summary>
    None,

    /// <summary>A value begins with a byte that no kind of RESP2 has.</summary>
    UnknownKind,

    /// <summary>A line ends otherwise than with CR LF.</summary>
    BadLine,

    /// <summary>A length, count or number is none, or does not fit.</summary>
    BadNumber,

    /// <summary>A bulk does not end where its length says.</summary>
    BadBulkEnd,

    /// <summary>A line is longer than <see cref="RespLimits.LineBytes"/>.</summary>
    LineTooLong,

    /// <summary>A bulk is longer than <see cref="RespLimits.BulkBytes"/>.</summary>
    BulkTooLong,

    /// <summary>An array has more values than <see cref="RespLimits.ArrayCount"/>.</summary>
    ArrayTooLong,

    /// <summary>Arrays are nested deeper than <see cref="RespLimits.MaxDepth"/>.</summary>
    TooDeep,

    /// <summary>A reply is longer than <see cref="RespLimits.ReplyBytes"/>.</summary>
    ReplyTooLong,
}
