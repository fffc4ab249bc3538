using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Integration.Tests.Clients;

/// <summary>Answers every question with one address (RFC 1035 4.1).</summary>
internal sealed class DnsServer : IDisposable
{
    internal static readonly IPAddress Answer = IPAddress.Parse("192.0.2.7");

    private const int HeaderLength = 12;
    private const ushort ResponseFlags = 0x8180;
    private const ushort TypeA = 1;
    private const ushort ClassIn = 1;
    private const ushort NameOfQuestion = 0xC00C;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private int _questions;

    internal DnsServer() => _ = ServeAsync();

    internal IPEndPoint Address => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>Questions answered so far.</summary>
    internal int Questions => Volatile.Read(ref _questions);

    public void Dispose() => _socket.Dispose();

    private async Task ServeAsync()
    {
        _socket.Client.ReceiveBufferSize = 1 << 20;
        while (true)
        {
            UdpReceiveResult question;
            try
            {
                question = await _socket.ReceiveAsync();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                return;
            }

            Interlocked.Increment(ref _questions);
            await _socket.SendAsync(AnswerTo(question.Buffer), question.RemoteEndPoint);
        }
    }

    private static byte[] AnswerTo(byte[] question)
    {
        int end = HeaderLength;
        while (question[end] != 0)
        {
            end += question[end] + 1;
        }

        end += 1 + sizeof(ushort) + sizeof(ushort);
        byte[] answer = new byte[end + 16];
        question.AsSpan(0, end).CopyTo(answer);
        ushort[] counts = [1, 1, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(2), ResponseFlags);
        for (int i = 0; i < counts.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(4 + (2 * i)), counts[i]);
        }

        Span<byte> record = answer.AsSpan(end);
        BinaryPrimitives.WriteUInt16BigEndian(record, NameOfQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], TypeA);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(record[6..], 60);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], 4);
        Answer.GetAddressBytes().CopyTo(record[12..]);
        return answer;
    }
}
