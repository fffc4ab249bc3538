using System.Buffers.Binary;
using Atlas.Core.Balancing;

namespace Atlas.Proxy.Http2;

/// <summary>
/// Counts the streams of HTTP/2 that clients have reset, by address over all connections of the process, so that many connections get
/// an attacker no further than one. Counted are those alone that are not made good for by streams that a server answered. A period begins
/// with the first reset after the one before has ended. Any thread; a reset is no part of the usual path, so that there is a lock.
/// </summary>
internal sealed class ClientResets
{
    /// <summary>Resets of an address in a period: ten connections at what one may have by itself.</summary>
    internal const int MaxResets = 1_000;

    /// <summary>Milliseconds of a period.</summary>
    internal const int PeriodMs = 10_000;

    /// <summary>Addresses that are known at a time. Who has more of them makes room for itself at the cost of the least counts.</summary>
    internal const int MaxClients = 4_096;

    private const int Ways = 8;

    private readonly Lock _gate = new();
    private readonly Entry[] _entries = new Entry[MaxClients];
    private readonly uint _seed = (uint)Random.Shared.Next();

    /// <summary>Counts a reset.</summary>
    /// <param name="ip">The client's address, 4 or 16 bytes, of which an IPv6 one counts as its network of 64 bits; else it is not
    /// counted.</param>
    /// <param name="nowMs">The time, of one clock for all threads.</param>
    /// <returns>Whether it is one too many.</returns>
    internal bool Exceeds(ReadOnlySpan<byte> ip, long nowMs)
    {
        if (ip.Length is not (4 or 16))
        {
            return false;
        }

        // The bit tells the two families apart: no IPv6 network of unicast addresses has it and zeros behind it.
        ulong key = ip.Length == 4 ? BinaryPrimitives.ReadUInt32BigEndian(ip) | (1UL << 63) : BinaryPrimitives.ReadUInt64BigEndian(ip);
        lock (_gate)
        {
            ref Entry entry = ref Find(key, nowMs);
            bool isKnown = entry.Key == key && nowMs < entry.EndMs;
            entry = isKnown ? entry with { Count = entry.Count + 1 } : new Entry(key, nowMs + PeriodMs, Count: 1);
            return entry.Count > MaxResets;
        }
    }

    // The client's own entry, or that whose place it takes: one that is over, else the one with the fewest.
    private ref Entry Find(ulong key, long nowMs)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, key);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[sizeof(ulong)..], _seed);
        int set = (int)(KeyHash.Of(bytes) % (MaxClients / Ways)) * Ways;
        int found = set;
        for (int i = set; i < set + Ways; i++)
        {
            if (_entries[i].Key == key)
            {
                return ref _entries[i];
            }

            if (CountOf(_entries[i], nowMs) < CountOf(_entries[found], nowMs))
            {
                found = i;
            }
        }

        return ref _entries[found];
    }

    private static int CountOf(in Entry entry, long nowMs) => nowMs >= entry.EndMs ? 0 : entry.Count;

    private readonly record struct Entry(ulong Key, long EndMs, int Count);
}
