using System.Text.Json.Serialization;
using Atlas.Engine.Handover;

namespace Atlas.Proxy.Udp;

/// <summary>A UDP session as one process tells another of it, with its socket to the server: the server sees no difference.</summary>
public sealed record HandedUdpSession : IDisposable
{
    /// <summary>The socket that the client's datagrams come to, by the number that the kernel gives it in all processes.</summary>
    public required ulong Port { get; init; }

    /// <summary>The client's address and port, as <see cref="Engine.Datagrams.DatagramAddress.ToBytes"/> has it.</summary>
    public required byte[] Client { get; init; }

    /// <summary>The address that the client sends to, where the socket has several; else empty.</summary>
    public required byte[] Asked { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Pool { get; init; }

    /// <summary>The server's name in it.</summary>
    public required string Server { get; init; }

    /// <summary>The server's address: at another one it is another server.</summary>
    public required string Address { get; init; }

    /// <summary>Servers that were tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>Datagrams of the client.</summary>
    public required long Requests { get; init; }

    /// <summary>Datagrams of servers.</summary>
    public required long Answers { get; init; }

    /// <summary>Bytes of the client.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Bytes of servers.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Microseconds until the server's first datagram; -1: none came yet.</summary>
    public required long FirstAnswerUs { get; init; }

    /// <summary>Milliseconds since it began.</summary>
    public required long AgeMs { get; init; }

    /// <summary>Milliseconds since its last datagram.</summary>
    public required long SilentMs { get; init; }

    /// <summary>Its socket to the server.</summary>
    [JsonIgnore]
    public HandedDescriptor? Socket { get; init; }

    /// <summary>Closes the socket if nobody took it.</summary>
    public void Dispose() => Socket?.Dispose();
}
