using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery.Resolving;

/// <summary>Asks one resolver one question (RFC 1035 4.2, RFC 5452, RFC 7766). Each question over UDP has a random id and a
/// socket of its own, whose port the kernel chooses by chance, and which takes datagrams of that resolver only.</summary>
internal static class DnsExchange
{
    // Datagrams that are no answer to the question: late ones, or those of somebody who guesses.
    private const int MaxStrays = 64;

    /// <summary>Asks.</summary>
    /// <returns>The message that answers, as sent.</returns>
    /// <exception cref="SocketException">The resolver cannot be reached.</exception>
    /// <exception cref="InvalidDataException">What it sends is no answer.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal static async Task<byte[]> AskAsync(IPEndPoint server, DnsQuestion question, CancellationToken cancellation)
    {
        byte[] answer = await OverUdpAsync(server, question, hasEdns: true, cancellation);
        DnsResponseCode code = DnsHeader(answer).ResponseCode;
        bool hasEdns = code is not (DnsResponseCode.FormatError or DnsResponseCode.NotImplemented);
        if (!hasEdns)
        {
            // An old one that does not know EDNS (RFC 6891 7).
            answer = await OverUdpAsync(server, question, hasEdns: false, cancellation);
        }

        return DnsHeader(answer).IsTruncated ? await OverTcpAsync(server, question, hasEdns, cancellation) : answer;
    }

    private static async Task<byte[]> OverUdpAsync(
        IPEndPoint server, DnsQuestion question, bool hasEdns, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, cancellation);
        (byte[] message, ushort id) = Write(question, hasEdns);
        await socket.SendAsync(message, cancellation);
        byte[] buffer = new byte[DnsLimits.EdnsUdpBytes];
        for (int strays = 0; strays < MaxStrays; strays++)
        {
            int length = await socket.ReceiveAsync(buffer, cancellation);
            if (DnsReply.Answers(buffer.AsSpan(0, length), id, question))
            {
                return buffer[..length];
            }
        }

        throw new InvalidDataException($"{MaxStrays} datagrams that answer something else");
    }

    private static async Task<byte[]> OverTcpAsync(
        IPEndPoint server, DnsQuestion question, bool hasEdns, CancellationToken cancellation)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, cancellation);
        (byte[] message, ushort id) = Write(question, hasEdns);
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(framed, cancellation);
        byte[] head = new byte[2];
        await stream.ReadExactlyAsync(head, cancellation);
        byte[] answer = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await stream.ReadExactlyAsync(answer, cancellation);
        return DnsReply.Answers(answer, id, question) ? answer : throw new InvalidDataException("it answers something else over TCP");
    }

    private static (byte[] Message, ushort Id) Write(DnsQuestion question, bool hasEdns)
    {
        Span<byte> buffer = stackalloc byte[DnsLimits.UdpBytes];
        Span<byte> random = stackalloc byte[2];
        RandomNumberGenerator.Fill(random);
        ushort id = BinaryPrimitives.ReadUInt16BigEndian(random);
        var writer = new DnsMessageWriter(buffer, new DnsHeader(id, IsResponse: false) { RecursionDesired = true });
        writer.TryWriteQuestion(question);
        if (hasEdns)
        {
            writer.TryWriteEdns(new DnsEdns(DnsLimits.EdnsUdpBytes));
        }

        return (buffer[..writer.Length].ToArray(), id);
    }

    private static DnsHeader DnsHeader(byte[] message)
    {
        DnsMessageReader.TryBegin(message, out DnsMessageReader reader);
        return reader.Header;
    }
}
