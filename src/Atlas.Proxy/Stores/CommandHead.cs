using Atlas.Protocols.Resp;

namespace Atlas.Proxy.Stores;

/// <summary>What the first command of a call is, and its key. The key is the part behind the name, as of all commands that Atlas sends,
/// and of scripts the one behind their hash and the number of keys.</summary>
internal readonly ref struct CommandHead
{
    /// <summary>Reads it. All is empty of a call that is not whole.</summary>
    /// <param name="commands">The commands as they are on the wire; lent.</param>
    internal CommandHead(ReadOnlySpan<byte> commands)
    {
        var reader = new RespReader(commands);
        if (!reader.TryRead(out RespValue array) || array.Kind != RespKind.Array || !reader.TryReadBulk(out ReadOnlySpan<byte> name))
        {
            return;
        }

        Name = name;
        ReadOnlySpan<byte> key = default;
        if (name.SequenceEqual("EVALSHA"u8) && reader.TryReadBulk(out ReadOnlySpan<byte> hash))
        {
            // The number of keys is one.
            Script = hash;
            reader.TryReadBulk(out _);
        }

        _ = array.Number > 1 && reader.TryReadBulk(out key);
        Key = key;
    }

    /// <summary>Its name.</summary>
    internal ReadOnlySpan<byte> Name { get; }

    /// <summary>The hash of its script; empty: it is none.</summary>
    internal ReadOnlySpan<byte> Script { get; }

    /// <summary>Its key; empty: there is none.</summary>
    internal ReadOnlySpan<byte> Key { get; }
}
