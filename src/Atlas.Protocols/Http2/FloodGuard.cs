using System.Runtime.InteropServices;

namespace Atlas.Protocols.Http2;

/// <summary>Counts what a peer causes, against <see cref="Http2Limits"/>. Each method says whether it is too much.</summary>
/// <param name="limits">The limits.</param>
[StructLayout(LayoutKind.Auto)]
internal struct FloodGuard(Http2Limits limits)
{
    // Of what is sent, so many bytes make good for a small frame, which is one below SmallBytes.
    private const int BytesForSmallFrame = 4096;
    private const int SmallBytes = 256;
    private const int SecondMs = 1000;
    private const int LongPeriodMs = 10_000;

    private RateWindow _peerResets;
    private RateWindow _ownResets;
    private RateWindow _pings;
    private RateWindow _settings;
    private RateWindow _emptyFrames;
    private RateWindow _ignoredFrames;
    private int _credit;
    private long _streams;
    private long _windowUpdates;
    private long _framesSent;
    private long _bytesSent;
    private long _smallFrames;
    private long _priorities;

    /// <summary>The time of the bytes at hand.</summary>
    public long NowMs { get; set; }

    /// <summary>Takes a stream that was served for one that is reset, where there is one: a client that gets what it asks for may
    /// change its mind as often.</summary>
    /// <returns>Whether there was one, so that the reset is not counted.</returns>
    public bool IsResetPaid()
    {
        bool isPaid = _credit > 0;
        _credit -= isPaid ? 1 : 0;
        return isPaid;
    }

    public bool PeerReset() => _peerResets.Exceeds(NowMs, limits.PeerResets, limits.ResetPeriodMs);

    /// <summary>Counts a stream that was reset because of what the peer sent.</summary>
    /// <param name="isFrameError">Whether that was a frame that no peer sends which keeps to the protocol.</param>
    public bool OwnReset(bool isFrameError) =>
        _ownResets.Exceeds(NowMs, limits.OwnResets, limits.ResetPeriodMs, isFrameError ? limits.FrameErrorWeight : 1);

    /// <summary>A stream that was served has ended on both sides.</summary>
    public void StreamServed() => _credit = Math.Min(_credit + 1, limits.ResetCredit);

    public bool Ping() => _pings.Exceeds(NowMs, limits.PingsPerSecond, SecondMs);

    public bool Settings() => _settings.Exceeds(NowMs, limits.SettingsPerSecond, SecondMs);

    public bool EmptyFrame() => _emptyFrames.Exceeds(NowMs, limits.EmptyFrames, LongPeriodMs);

    public bool IgnoredFrame() => _ignoredFrames.Exceeds(NowMs, limits.IgnoredFrames, LongPeriodMs);

    public bool WindowUpdate() => ++_windowUpdates > limits.FreeWindowUpdates + (limits.WindowUpdatesPerFrame * (_framesSent + _streams));

    public bool Priority() => ++_priorities > limits.PrioritiesPerStream * (_streams + 1);

    public void StreamBegan()
    {
        _streams++;
        _ignoredFrames.Forgive();
    }

    /// <summary>Counts a DATA frame that was written.</summary>
    /// <param name="length">Bytes of content.</param>
    /// <param name="isCutByWindow">Whether a window made it that small.</param>
    public bool Sent(int length, bool isCutByWindow)
    {
        _framesSent++;
        _bytesSent += length;
        _pings.Forgive();
        return isCutByWindow && length < SmallBytes && ++_smallFrames > limits.SmallFrames + (_bytesSent / BytesForSmallFrame);
    }
}
