using System.Security.Cryptography;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.RateLimiting;
using Atlas.Protocols.Resp;
using Atlas.Proxy.Stores;

namespace Atlas.Proxy.RateLimiting;

/// <summary>
/// A route's limit in a store of Redis, which all nodes share: <see cref="Gcra"/> as a script, so that a decision is one step for all of
/// them, by the clock of Redis, so that theirs need not agree. A client is a key <c>atlas:limit:LISTENER/ROUTE:HASH</c>. Its value
/// is the theoretical arrival time as <c>MICROSECONDS:UNITS</c>, units being parts of a microsecond as of
/// <see cref="Gcra.UnitsPerUs"/>, and it expires when that has passed. The hash is of SHA-256, so that no node and nobody who makes keys
/// finds two with one hash, and what clients send stands in no key. Immutable.
/// </summary>
internal sealed class LimitScript
{
    /// <summary>The reply's numbers: whether the request is allowed, the microseconds and units that the theoretical arrival time lies ahead
    /// after it, and the time in microseconds.</summary>
    internal const int Replies = 4;

    private const int Arguments = 7;

    // Half of SHA-256, in digits of 4 bits.
    private const int HashBytes = 16;
    private const int HashLength = 2 * HashBytes;

    // Numbers of Lua are exact up to 2^53, of which the microseconds since 1970 need 51 bits. A pair of numbers is compared and added as
    // such. A theoretical arrival time that is further ahead than any can be comes of a clock that went back or a larger limit.
    private static readonly RedisScript Decide = new(
        """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local parts = tonumber(ARGV[1])
        local function more(a, b, c, d) return a > c or (a == c and b > d) end
        local us, units = 0, 0
        local kept = redis.call('GET', KEYS[1])
        if kept then
          local a, b = string.match(kept, '^(%d+):(%d+)$')
          us, units = tonumber(a or now) - now, tonumber(b or 0)
          if units >= parts then units = 0 end
          if us < 0 then us, units = 0, 0 end
        end
        local full, fullUnits = tonumber(ARGV[2]), tonumber(ARGV[3])
        local isChanged = more(us, units, full, fullUnits)
        if isChanged then us, units = full, fullUnits end
        local isAllowed = not more(us, units, tonumber(ARGV[4]), tonumber(ARGV[5]))
        if isAllowed then
          us, units = us + tonumber(ARGV[6]), units + tonumber(ARGV[7])
          if units >= parts then us, units = us + 1, units - parts end
        end
        if isAllowed or isChanged then
          redis.call('SET', KEYS[1], string.format('%.0f:%.0f', now + us, units), 'PX', string.format('%.0f', math.ceil(us / 1000) + 1))
        end
        return {isAllowed and 1 or 0, us, units, now}
        """);

    private readonly Gcra _limit;
    private readonly byte[] _prefix;
    private readonly byte[] _kind;

    /// <summary>A limit of a route.</summary>
    /// <param name="limit">The limit.</param>
    /// <param name="name">The listener's and the route's name, as all nodes have them.</param>
    /// <param name="key">What clients are known by: buckets of one kind are none of another.</param>
    internal LimitScript(Gcra limit, string name, RequestKey key)
    {
        _limit = limit;
        _prefix = Encoding.UTF8.GetBytes($"atlas:limit:{name}:");
        _kind = SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Kind}:{key.Name.ToLowerInvariant()}"));
    }

    /// <summary>Writes the call that decides on a request. Once: what it does is not done twice.</summary>
    internal void Write(RedisCall call, ReadOnlySpan<byte> client)
    {
        Span<byte> key = stackalloc byte[_prefix.Length + HashLength];
        WriteKey(client, key);
        call.Script(Decide, Arguments)
            .Key(key)
            .Part(_limit.UnitsPerUs)
            .Part(_limit.Capacity / _limit.UnitsPerUs)
            .Part(_limit.Capacity % _limit.UnitsPerUs)
            .Part((_limit.Capacity - _limit.Interval) / _limit.UnitsPerUs)
            .Part((_limit.Capacity - _limit.Interval) % _limit.UnitsPerUs)
            .Part(_limit.Interval / _limit.UnitsPerUs)
            .Part(_limit.Interval % _limit.UnitsPerUs);
    }

    /// <summary>Reads the reply to such a call.</summary>
    /// <returns>False: it is none.</returns>
    internal bool TryRead(RespReader reply, out RateDecision decision)
    {
        bool isRead = TryRead(reply, out bool isAllowed, out long ahead, out _);
        decision = isRead ? _limit.Describe(isAllowed, ahead) : default;
        return isRead;
    }

    /// <summary>Reads what the script says: whether the request is allowed, units that the theoretical arrival time lies ahead after it,
    /// and the time that it went by.</summary>
    internal bool TryRead(RespReader reply, out bool isAllowed, out long ahead, out long nowUs)
    {
        (isAllowed, ahead, nowUs) = (false, 0, 0);
        if (!reply.TryRead(out RespValue array) || array.Kind != RespKind.Array || array.Number != Replies
            || !reply.TryReadInteger(out long allowed)
            || !reply.TryReadInteger(out long us)
            || !reply.TryReadInteger(out long units)
            || !reply.TryReadInteger(out nowUs)
            || us < 0 || us > _limit.Capacity / _limit.UnitsPerUs || units < 0 || units >= _limit.UnitsPerUs)
        {
            return false;
        }

        isAllowed = allowed != 0;
        ahead = Math.Min((us * _limit.UnitsPerUs) + units, _limit.Capacity);
        return true;
    }

    private void WriteKey(ReadOnlySpan<byte> client, Span<byte> key)
    {
        Span<byte> both = stackalloc byte[2 * SHA256.HashSizeInBytes];
        _kind.CopyTo(both);
        SHA256.HashData(client, both[SHA256.HashSizeInBytes..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(both, hash);
        _prefix.CopyTo(key);
        Convert.TryToHexStringLower(hash[..HashBytes], key[_prefix.Length..], out _);
    }
}
