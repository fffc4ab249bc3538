using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>
/// Decodes a chunked body in all splits, to another buffer and in place, and demands the same result from all.
/// </summary>
internal static class Chunks
{
    public static Result Decode(string text)
    {
        byte[] bytes = Bytes.Of(text);
        Result whole = Feed(bytes, [bytes.Length], inPlace: false);
        foreach (int[] split in Bytes.Splits(bytes.Length))
        {
            Feed(bytes, split, inPlace: false).ShouldBe(whole, $"fed up to {string.Join(' ', split)}");
            Feed(bytes, split, inPlace: true).ShouldBe(whole, $"in place, fed up to {string.Join(' ', split)}");
        }

        return whole;
    }

    /// <summary>Feeds pieces; what a piece leaves unconsumed is not fed again, for only the end of the body leaves any.</summary>
    public static Result Feed(byte[] bytes, int[] ends, bool inPlace)
    {
        ChunkedDecoder decoder = default;
        List<byte> body = [];
        int position = 0;
        ChunkStatus status = ChunkStatus.NeedMore;
        foreach (int end in ends)
        {
            byte[] source = bytes[position..end];
            byte[] destination = inPlace ? source : new byte[source.Length];
            status = decoder.Decode(source, destination, out int consumed, out int written);
            body.AddRange(destination.AsSpan(0, written));
            position += consumed;
            if (status != ChunkStatus.NeedMore)
            {
                break;
            }

            consumed.ShouldBe(source.Length);
        }

        string rest = status is ChunkStatus.Done or ChunkStatus.Trailers ? Bytes.Text(bytes.AsSpan(position)) : "";
        return new Result(status, decoder.Error, Bytes.Text(body.ToArray()), rest);
    }

    public sealed record Result(ChunkStatus Status, HttpError Error, string Body, string Rest);
}
