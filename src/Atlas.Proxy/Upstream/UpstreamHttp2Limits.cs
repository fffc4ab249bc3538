using Atlas.Protocols.Http2;

namespace Atlas.Proxy.Upstream;

/// <summary>How much connections to servers accept of them: more than of clients, since all clients share a connection, and many of
/// them leave in the midst of what a server sends.</summary>
internal static class UpstreamHttp2Limits
{
    /// <summary>Most requests at once on a connection that a pool may ask for (its <c>max_streams</c>).</summary>
    internal const int MaxStreams = 1_000;

    internal static Http2Limits Default { get; } = Http2Limits.Default with
    {
        Streams = MaxStreams,

        // One client that takes nothing holds up its own stream only: it would take 256 of them to hold up the connection.
        ConnectionWindow = 256 * Http2Limits.Default.StreamWindow,
        EmptyFrames = 10_000,
        IgnoredFrames = 100_000,
        RememberedStreams = 1_024,
    };
}
