using System.Globalization;

namespace Atlas.Proxy.Logging;

/// <summary>The texts of a second, written anew when the second changes. One per writer, for one thread.</summary>
internal sealed class LogDate
{
    // The end of the year 9999, the last moment that four digits of a year can say.
    private const long MaxUnixMs = 253_402_300_799_999;

    private readonly byte[] _iso = new byte["2000-01-01T00:00:00".Length];
    private readonly byte[] _common = new byte["01/Jan/2000:00:00:00 +0000".Length];
    private long _second = -1;

    /// <summary><c>2000-01-31T23:59:59</c>, UTC, without a zone.</summary>
    internal ReadOnlySpan<byte> Iso => _iso;

    /// <summary><c>31/Jan/2000:23:59:59 +0000</c>.</summary>
    internal ReadOnlySpan<byte> Common => _common;

    internal static int MillisecondOf(long unixMs) => (int)(Math.Clamp(unixMs, 0, MaxUnixMs) % 1000);

    internal void MoveTo(long unixMs)
    {
        long second = Math.Clamp(unixMs, 0, MaxUnixMs) / 1000;
        if (second == _second)
        {
            return;
        }

        _second = second;
        DateTime time = DateTime.UnixEpoch.AddSeconds(second);
        time.TryFormat(_iso, out _, "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        time.TryFormat(_common, out _, "dd'/'MMM'/'yyyy':'HH':'mm':'ss '+0000'", CultureInfo.InvariantCulture);
    }
}
