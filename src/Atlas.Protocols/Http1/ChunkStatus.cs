namespace Atlas.Protocols.Http1;

/// <summary>What a call of <see cref="ChunkedDecoder"/> came to. Data may have been written with any of them.</summary>
public enum ChunkStatus : byte
{
    /// <summary>All of the source is consumed and the body goes on.</summary>
    NeedMore,

    /// <summary>There is more in the source than was taken; call again with the rest.</summary>
    Data,

    /// <summary>
    /// The data is complete and a trailer section begins at the first byte that was not consumed; go on with
    /// <see cref="TrailerParser"/>.
    /// </summary>
    Trailers,

    /// <summary>The body is complete, without trailers; what was not consumed belongs to the next message.</summary>
    Done,

    /// <summary>The coding is broken; the decoder's Error says how.</summary>
    Error,
}
