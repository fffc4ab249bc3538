using System.Runtime.InteropServices;
using Atlas.Protocols.Http;

namespace Atlas.Protocols.Http1;

/// <summary>Takes the chunked coding off a body (RFC 9112 7.1), fed in pieces of any size.</summary>
[StructLayout(LayoutKind.Auto)]
public struct ChunkedDecoder
{
    /// <summary>What is wrong with the coding; none unless a call said error.</summary>
    public HttpError Error { get; private set; }

    /// <summary>
    /// Finds the next run of data without copying it. The caller that re-frames chunks sends it from where it lies.
    /// </summary>
    /// <param name="source">The bytes after those consumed by the last call.</param>
    /// <param name="consumed">How many of them are done with, the data included.</param>
    /// <param name="data">The part of the source that is data; empty if there is none in it.</param>
    public ChunkStatus Next(ReadOnlySpan<byte> source, out int consumed, out Slice data)
    {
        consumed = 0;
        data = default;
        Error = HttpError.InvalidChunkSize;
        return ChunkStatus.Error;
    }

    /// <summary>Copies all data in the source to the destination.</summary>
    /// <param name="source">The bytes after those consumed by the last call.</param>
    /// <param name="destination">Where data goes; may begin at the same address as the source.</param>
    /// <param name="consumed">How many bytes of the source are done with.</param>
    /// <param name="written">How many bytes of data were written.</param>
    public ChunkStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        written = 0;
        return Next(source, out consumed, out _);
    }

    /// <summary>Makes it ready for the next body.</summary>
    public void Reset() => this = default;
}
