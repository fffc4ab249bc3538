using Atlas.Protocols.Http2;
using static Atlas.Protocols.Tests.Http2.Frames;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>What the tests of limits look at.</summary>
internal static class FloodChecks
{
    /// <summary>Feeds as much as is allowed, and then one more.</summary>
    /// <param name="side">Who is fed.</param>
    /// <param name="flood">The limit.</param>
    /// <param name="limit">How often.</param>
    /// <param name="input">The frames of each time, from 0.</param>
    internal static void Check(Side side, Http2Flood flood, int limit, Func<int, byte[]> input)
    {
        for (int i = 0; i < limit; i++)
        {
            side.Feed(input(i));
            side.Connection.Flood.ShouldBe(Http2Flood.None);
            side.Sent();
        }

        side.Connection.Error.ShouldBe(Http2Error.None);
        side.Feed(input(limit));

        Ended(side, flood);
    }

    /// <summary>Whether the connection ended for that, and with it everything.</summary>
    internal static void Ended(Side side, Http2Flood flood)
    {
        side.Sent().ShouldEndWith("EnhanceYourCalm");
        side.Connection.Error.ShouldBe(Http2Error.Flood);
        side.Connection.Flood.ShouldBe(flood);
        side.Connection.StreamCount.ShouldBe(0);
        side.Recorder.Streams.ShouldBeEmpty();

        // Nothing is looked at from now on.
        int events = side.Recorder.Events.Count;
        side.Feed(Headers(999, Frames.Get), Ping());
        side.Recorder.Events.Count.ShouldBe(events);
        side.Sent().ShouldBe("");
    }
}
