using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.UserSessions;

namespace Atlas.Proxy.Http;

/// <summary>Takes chunks apart and puts one new chunk together, so that a peer's framing is never copied.</summary>
internal static class ChunkFraming
{
    // After the data: its CRLF and the last chunk.
    internal const int Tail = 2 + 5;

    /// <summary>Writes the end of a chunked body: the last chunk and the trailers that may be passed on.</summary>
    /// <param name="destination">At least as long as the trailer section and 16 bytes.</param>
    /// <param name="section">The section as it came.</param>
    /// <param name="trailers">Its fields.</param>
    /// <param name="hidden">Those that are not passed on.</param>
    /// <param name="pass">Whether the receiver takes trailers (RFC 9110 6.5.1); else they are dropped.</param>
    /// <returns>Bytes written, or -1 if the destination is too short.</returns>
    internal static int WriteEnd(Span<byte> destination, ReadOnlySpan<byte> section, HeaderTable trailers, HiddenFields hidden, bool pass)
    {
        ChunkWriter.LastChunkBeforeTrailers.CopyTo(destination);
        int start = ChunkWriter.LastChunkBeforeTrailers.Length;
        int length = WriteTrailers(destination[start..], section, trailers, hidden, pass);
        return length < 0 ? -1 : start + length;
    }

    /// <summary>Writes the trailers that may be passed on, and the empty line behind them.</summary>
    /// <returns>Bytes written, or -1 if the destination is too short.</returns>
    internal static int WriteTrailers(Span<byte> destination, ReadOnlySpan<byte> section, HeaderTable trailers, HiddenFields hidden, bool pass = true)
    {
        var writer = new HeadWriter(destination);
        if (pass)
        {
            foreach (ref readonly HeaderField field in trailers.Fields)
            {
                if (!field.ForbiddenInTrailer && !field.HasUnderscore && !hidden.Has(field, section))
                {
                    writer.Field(field.Name.Of(section), field.Value.Of(section));
                }
            }
        }

        writer.End();
        return writer.Overflowed ? -1 : writer.Written;
    }

    /// <summary>Decodes what is there into one chunk.</summary>
    /// <param name="decoder">The sender's state.</param>
    /// <param name="source">Bytes as they came.</param>
    /// <param name="destination">Where the new chunk goes.</param>
    /// <param name="reframe">Whether to frame; false writes plain data.</param>
    /// <param name="consumed">Bytes of the source that were taken.</param>
    /// <param name="written">Bytes of data in the output.</param>
    /// <param name="start">Where the output begins in the destination.</param>
    /// <param name="status">What the decoder said; at trailers the caller goes on.</param>
    /// <returns>Where the output ends in the destination.</returns>
    internal static int Frame(
        ref ChunkedDecoder decoder,
        ReadOnlySpan<byte> source,
        Span<byte> destination,
        bool reframe,
        out int consumed,
        out int written,
        out int start,
        out ChunkStatus status)
    {
        const int reserved = ChunkWriter.MaxSizeLine;
        status = decoder.Decode(source, destination[reserved..^Tail], out consumed, out written);
        start = reserved;
        int end = reserved + written;
        if (!reframe)
        {
            return end;
        }

        if (written > 0)
        {
            start = ChunkWriter.WriteSizeLineBefore(destination[..reserved], written);
            ChunkWriter.Crlf.CopyTo(destination[end..]);
            end += 2;
        }

        if (status == ChunkStatus.Done)
        {
            ChunkWriter.LastChunk.CopyTo(destination[end..]);
            end += ChunkWriter.LastChunk.Length;
        }

        return end;
    }
}
