namespace Atlas.Proxy.Routing;

/// <summary>Spreads clients over the points of a split, the same client to the same point on every node.</summary>
internal static class SplitPoint
{
    /// <summary>A point of 64 bits that depends on every bit of the key: FNV-1a (Fowler, Noll, Vo), whose high bits hardly move
    /// for short keys, through the last step of MurmurHash3 (Appleby), which spreads them.</summary>
    internal static ulong Of(ReadOnlySpan<byte> key)
    {
        ulong hash = 0xCBF2_9CE4_8422_2325;
        foreach (byte next in key)
        {
            hash = (hash ^ next) * 0x0000_0100_0000_01B3;
        }

        hash = (hash ^ (hash >> 33)) * 0xFF51_AFD7_ED55_8CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CE_B9FE_1A85_EC53;
        return hash ^ (hash >> 33);
    }
}
