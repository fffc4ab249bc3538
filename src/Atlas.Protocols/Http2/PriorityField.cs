namespace Atlas.Protocols.Http2;

/// <summary>The value of Priority and of PRIORITY_UPDATE (RFC 9218 4): <c>u=0</c> to <c>u=7</c>, and <c>i</c>.</summary>
internal static class PriorityField
{
    /// <summary>Reads a value into a stream. What is not understood leaves the default, as RFC 9218 4 has it.</summary>
    public static void Read(ReadOnlySpan<byte> value, Http2Stream stream)
    {
        stream.Urgency = Http2Stream.DefaultUrgency;
        stream.IsIncremental = false;
        foreach (ReadOnlySpan<byte> member in new Http.TokenList(value))
        {
            ReadOnlySpan<byte> item = member;
            int parameters = item.IndexOf((byte)';');
            if (parameters >= 0)
            {
                item = item[..parameters].TrimEnd((byte)' ');
            }

            if (item.Length == 3 && item[..2].SequenceEqual("u="u8) && item[2] is >= (byte)'0' and <= (byte)'7')
            {
                stream.Urgency = item[2] - '0';
            }
            else if (item.Length > 0 && item[0] == 'i')
            {
                stream.IsIncremental = item.SequenceEqual("i"u8) || item.SequenceEqual("i=?1"u8);
            }
        }
    }
}
