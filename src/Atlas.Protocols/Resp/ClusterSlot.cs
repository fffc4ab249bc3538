namespace Atlas.Protocols.Resp;

/// <summary>Which of the 16,384 slots of a Redis Cluster a key is in (redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec,
/// "Key distribution model" and "Hash tags").</summary>
public static class ClusterSlot
{
    /// <summary>How many slots there are.</summary>
    public const int Count = 16_384;

    private const ushort Polynomial = 0x1021;

    private static readonly ushort[] Table = MakeTable();

    /// <summary>The slot of a key: of what is between its first '{' and the next '}', unless that is nothing. O(length).</summary>
    public static int Of(ReadOnlySpan<byte> key)
    {
        int open = key.IndexOf((byte)'{');
        if (open >= 0 && key[(open + 1)..].IndexOf((byte)'}') is int length and > 0)
        {
            key = key.Slice(open + 1, length);
        }

        return Crc16(key) % Count;
    }

    /// <summary>CRC-16 with the polynomial 0x1021, beginning with 0 and not reflected (CRC-16/XMODEM).</summary>
    internal static ushort Crc16(ReadOnlySpan<byte> bytes)
    {
        int crc = 0;
        foreach (byte value in bytes)
        {
            crc = (ushort)(crc << 8) ^ Table[(crc >> 8) ^ value];
        }

        return (ushort)crc;
    }

    private static ushort[] MakeTable()
    {
        var table = new ushort[256];
        for (int i = 0; i < table.Length; i++)
        {
            int crc = i << 8;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x8000) != 0 ? (crc << 1) ^ Polynomial : crc << 1;
            }

            table[i] = (ushort)crc;
        }

        return table;
    }
}
