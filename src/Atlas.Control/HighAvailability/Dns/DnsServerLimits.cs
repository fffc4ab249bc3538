namespace Atlas.Control.HighAvailability.Dns;

/// <summary>What peers may cause.</summary>
public static class DnsServerLimits
{
    /// <summary>Bytes of a message that is read. Questions with all that is usual in them, padded too (RFC 8467), have a few hundred. A
    /// longer one over UDP is cut, and so malformed; over TCP it ends the connection.</summary>
    public const int QuestionBytes = 4_096;

    /// <summary>Bytes of an answer over TCP: more than 64 nodes with 8 addresses each take.</summary>
    public const int AnswerBytes = 16_384;

    /// <summary>Connections at once; one above it is closed as it comes.</summary>
    public const int Connections = 256;

    /// <summary>Connections of one address at once.</summary>
    public const int ConnectionsPerClient = 32;

    /// <summary>How long a connection may take until a whole message has come, or an answer has gone, in ms (RFC 7766 6.2.3).</summary>
    public const int IdleMs = 10_000;

    /// <summary>Bytes of questions on one connection, after which it ends: about 20,000 of them.</summary>
    public const int ConnectionBytes = 1 << 20;

    /// <summary>Local addresses that have a socket of their own, so that answers come from where the question went to.</summary>
    public const int LocalAddresses = 64;
}
