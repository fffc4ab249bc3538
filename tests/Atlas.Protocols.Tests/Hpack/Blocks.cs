using Atlas.Protocols.Hpack;

namespace Atlas.Protocols.Tests.Hpack;

/// <summary>Header blocks as hexadecimal text, and lists of fields as lines of <c>name: value</c>.</summary>
internal static class Blocks
{
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    public static string Lines(HpackFields fields) =>
        string.Join('\n', Enumerable.Range(0, fields.Count).Select(i => $"{Bytes.Text(fields.Name(i))}: {Bytes.Text(fields.Value(i))}"));

    public static string Table(HpackDecoder decoder) =>
        string.Join('\n', Enumerable.Range(0, decoder.TableCount).Select(decoder.Entry).Select(x => $"{Bytes.Text(x.Name)}: {Bytes.Text(x.Value)}"));

    /// <summary>A literal that is not indexed, with plain strings.</summary>
    public static byte[] Literal(string name, string value, byte pattern = 0) => [pattern, .. Text(name), .. Text(value)];

    public static byte[] Text(string text) => [.. Number(text.Length, 7, 0), .. Bytes.Of(text)];

    public static byte[] Number(int value, int prefix, byte pattern)
    {
        byte[] buffer = new byte[HpackInteger.MaxLength];
        return buffer[..HpackInteger.Write(buffer, pattern, prefix, value)];
    }

    public static byte[] Encode(HpackEncoder encoder, params (string Name, string Value)[] fields)
    {
        long bound = HpackEncoder.MaxBlockLength(fields.Sum(x => x.Name.Length + x.Value.Length + 4));
        byte[] buffer = new byte[bound];
        int length = encoder.BeginBlock(buffer);
        foreach ((string name, string value) in fields)
        {
            length += encoder.Write(Bytes.Of(name), Bytes.Of(value), buffer.AsSpan(length));
        }

        return buffer[..length];
    }
}
