using Atlas.Engine.Buffers;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Http2;

/// <summary>What connections of clients accept, by the limits of their listener.</summary>
internal static class ClientHttp2Limits
{
    /// <summary>The most that the fields of a head may count together: its text has to lie in one buffer.</summary>
    internal const int MaxHeaderListBytes = BufferPool.LargeLength - 1024;

    /// <summary>The limits. Where those of the listener are below the defaults, its parser refuses what is above them: the client gets
    /// an answer, and its connection goes on.</summary>
    internal static Http2Limits Of(HttpLimits listener)
    {
        Http2Limits limits = Http2Limits.Default;
        int bytes = Math.Clamp(listener.RequestLineBytes + listener.HeaderBytes, limits.HeaderListBytes, MaxHeaderListBytes);
        if (listener.HeaderBytes <= limits.HeaderListBytes && listener.HeaderCount <= limits.HeaderCount)
        {
            return limits;
        }

        return limits with
        {
            HeaderListBytes = bytes,
            HeaderCount = Math.Max(listener.HeaderCount, limits.HeaderCount),
            BlockBytes = bytes,
            ContinuationFrames = Math.Max(limits.ContinuationFrames, bytes / Http2Limits.FrameBytes),
        };
    }
}
