using System.Numerics;
using Atlas.Core.Configuration;

namespace Atlas.Core.Tests.RateLimiting;

/// <summary>A token bucket as everybody would write it down, with numbers of any size and fractions of tokens that are exact.</summary>
internal sealed class TokenBucket(Rate rate, int burst)
{
    // A token is as many parts as there are microseconds in the rate's time, so that each microsecond brings the rate's count of them.
    private readonly BigInteger _token = new BigInteger(rate.PeriodMs) * 1_000;
    private BigInteger _parts = new BigInteger(rate.PeriodMs) * 1_000 * burst;
    private BigInteger? _lastUs;

    public int Remaining => (int)(_parts / _token);

    public bool TryTake(BigInteger nowUs)
    {
        BigInteger last = _lastUs ?? nowUs;
        _lastUs = BigInteger.Max(last, nowUs);
        _parts = BigInteger.Min(_token * burst, _parts + ((_lastUs.Value - last) * rate.Count));
        bool isAllowed = _parts >= _token;
        _parts -= isAllowed ? _token : 0;
        return isAllowed;
    }
}
