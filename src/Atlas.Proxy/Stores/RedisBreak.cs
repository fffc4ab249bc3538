namespace Atlas.Proxy.Stores;

/// <summary>Why a connection to Redis ended.</summary>
internal enum RedisBreak : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>Redis closed or reset it.</summary>
    Lost,

    /// <summary>A call was not answered for too long.</summary>
    Silent,

    /// <summary>It answered too slowly for too long.</summary>
    Slow,

    /// <summary>What came is no reply, or nobody asked for it.</summary>
    Garbled,

    /// <summary>This side ended it.</summary>
    Left,
}
