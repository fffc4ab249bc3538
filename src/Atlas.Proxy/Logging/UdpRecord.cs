using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Logging;

/// <summary>One UDP session as the access log tells it when it has ended. The spans are lent until
/// <see cref="AccessLogWriter.Write(in UdpRecord)"/> returns; they may hold any bytes.</summary>
public readonly ref struct UdpRecord
{
    /// <summary>When it ended: wall clock, milliseconds since 1970.</summary>
    public long UnixMs { get; init; }

    /// <summary>The client's address as text.</summary>
    public ReadOnlySpan<byte> ClientIp { get; init; }

    /// <summary>The client's port.</summary>
    public int ClientPort { get; init; }

    /// <summary>The listener's configured name.</summary>
    public ReadOnlySpan<byte> Listener { get; init; }

    /// <summary>The pool's name.</summary>
    public ReadOnlySpan<byte> Pool { get; init; }

    /// <summary>The last tried server's name.</summary>
    public ReadOnlySpan<byte> Server { get; init; }

    /// <summary>How it ended.</summary>
    public UdpEnd End { get; init; }

    /// <summary>How often a server was tried.</summary>
    public int Attempts { get; init; }

    /// <summary>The tries that another one followed, with their flags: <c>a=CF b=UR</c>; empty: none did.</summary>
    public ReadOnlySpan<byte> FailedTries { get; init; }

    /// <summary>Datagrams from the client.</summary>
    public long DatagramsReceived { get; init; }

    /// <summary>Datagrams to the client.</summary>
    public long DatagramsSent { get; init; }

    /// <summary>Bytes from the client.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Bytes to the client.</summary>
    public long BytesSent { get; init; }

    /// <summary>Milliseconds from the session's beginning at its last server to the first answer;
    /// <see cref="AccessTimers.NotReached"/>: none came.</summary>
    public long AnswerMs { get; init; }

    /// <summary>Milliseconds from its first datagram to its last.</summary>
    public long DurationMs { get; init; }
}
