namespace Atlas.Protocols.Http2;

/// <summary>The flags of frames. What a bit means depends on the type; bits without a meaning are ignored.</summary>
[Flags]
public enum Http2FrameFlags : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>DATA, HEADERS: the sender sends nothing more on the stream.</summary>
    EndStream = 0x1,

    /// <summary>SETTINGS, PING: it answers one of the other side.</summary>
    Ack = 0x1,

    /// <summary>HEADERS, CONTINUATION: no CONTINUATION follows.</summary>
    EndHeaders = 0x4,

    /// <summary>DATA, HEADERS: padding follows, whose length stands first.</summary>
    Padded = 0x8,

    /// <summary>HEADERS: five bytes of RFC 7540's priority stand before the block.</summary>
    Priority = 0x20,
}
