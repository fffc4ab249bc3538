using System.Buffers.Binary;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;

namespace Atlas.Core.HighAvailability;

/// <summary>
/// Limits equal answers to a network of clients, as name servers do ("Response Rate Limiting", Vixie and Schryver, 2012): who sends
/// questions under the address of somebody else gets little sent there. Of answers above the limit every second one goes out
/// truncated, so that clients which are there go over to TCP, where addresses cannot be invented. Of fixed size, without locks; no
/// decision allocates. Any thread.
/// </summary>
public sealed class ResponseLimit
{
    /// <summary>Networks and answers that are remembered at once: 1 MiB.</summary>
    public const int Entries = 1 << 16;

    // The bits of BIND's defaults for ipv4-prefix-length and ipv6-prefix-length.
    private const int IPv4Bytes = 24 / 8;
    private const int IPv6Bytes = 56 / 8;

    // BIND's default for slip.
    private const int Slip = 2;

    // Counters of what is above the limit. Clients that share one share its order too, which harms neither.
    private const int SlipCounters = 1 << 10;

    private readonly RateLimitTable _table;
    private readonly int[] _slips = new int[SlipCounters];

    /// <summary>Nobody has asked yet.</summary>
    /// <param name="rate">How many equal answers a network gets; as many at once as in the rate's time.</param>
    /// <param name="seed">64 random bits.</param>
    /// <param name="entries">A power of two, <see cref="RateLimitTable.Ways"/> at least.</param>
    public ResponseLimit(Rate rate, long seed, int entries = Entries) =>
        _table = new RateLimitTable(new Gcra(rate, Math.Min(rate.Count, Gcra.MaxBurst)), seed, entries);

    /// <summary>Decides on an answer, and counts it.</summary>
    /// <param name="client">The client's address, 4 or 16 bytes.</param>
    /// <param name="answer">What is equal of equal answers.</param>
    /// <param name="nowUs">The time in microseconds, of any origin.</param>
    public ResponseVerdict Decide(ReadOnlySpan<byte> client, ulong answer, long nowUs)
    {
        Span<byte> key = stackalloc byte[IPv6Bytes + sizeof(ulong)];
        int length = client.Length == 4 ? IPv4Bytes : IPv6Bytes;
        client[..length].CopyTo(key);
        BinaryPrimitives.WriteUInt64BigEndian(key[length..], answer);
        key = key[..(length + sizeof(ulong))];
        if (_table.Decide(key, nowUs, out _).IsAllowed)
        {
            return ResponseVerdict.Send;
        }

        // Counted for each answer by itself: of two that come in turns, both are sent truncated.
        var hash = default(HashCode);
        hash.AddBytes(key);
        int above = Interlocked.Increment(ref _slips[(uint)hash.ToHashCode() % SlipCounters]);
        return above % Slip == 0 ? ResponseVerdict.Truncate : ResponseVerdict.Drop;
    }
}
