namespace Atlas.Bench.Peers;

/// <summary>A load balancer that can be started before the origins.</summary>
/// <param name="Name">As the command line and the tables call it.</param>
/// <param name="Version">Asks for its version.</param>
/// <param name="Command">Program and arguments that start it in the foreground.</param>
internal sealed record Peer(string Name, Func<string> Version, Func<PeerSettings, IReadOnlyList<string>> Command)
{
    /// <summary>Whether it is another product, with the best of which the others are compared.</summary>
    internal bool IsRival { get; init; }

    /// <summary>Whether it is Atlas.</summary>
    internal bool IsAtlas { get; init; }

    /// <summary>Whether it is compiled while it runs, and so needs long to get warm.</summary>
    internal bool Compiles { get; init; }

    /// <summary>Whether its configuration has UDP listeners, beside that for HTTP.</summary>
    internal bool ForwardsUdp { get; init; }

    /// <summary>Whether its configuration has a TCP listener, beside that for HTTP.</summary>
    internal bool ForwardsTcp { get; init; }

    /// <summary>Whether its configuration has a listener for HTTPS, beside that for HTTP.</summary>
    internal bool EndsTls { get; init; }

    /// <summary>Whether it has another one whose requests go to servers of HTTP/2.</summary>
    internal bool SpeaksHttp2ToServers { get; init; }

    /// <summary>Whether its listener for HTTP takes HTTP/2 in plain text, too.</summary>
    internal bool TakesHttp2InClear { get; init; }

    /// <summary>Whether each idle client holds a connection to a server, which makes it something else than the others.</summary>
    internal bool HoldsServerPerClient { get; init; }
}
