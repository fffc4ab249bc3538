using Atlas.Protocols.Hpack;

namespace Atlas.Protocols.Http2;

/// <summary>Room for the fields of a head and for its text.</summary>
internal sealed class HeadSpace(Http2Limits limits)
{
    private byte[] _text = new byte[2048];

    public HpackFields Fields { get; } = new(limits.HeaderListBytes, limits.HeaderCount);

    /// <summary>Room for the text of the fields. The bytes that they count are enough for each, as 32 of them stand for what
    /// is written around it.</summary>
    public Span<byte> Text()
    {
        int length = Fields.Size + RequestHeadReader.ExtraBytes;
        if (_text.Length < length)
        {
            _text = new byte[Math.Max(length, Math.Min(_text.Length * 2, limits.HeaderListBytes + RequestHeadReader.ExtraBytes))];
        }

        return _text;
    }
}
