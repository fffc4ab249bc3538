using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>A connection of a client: messages with their lengths before them (RFC 1035 4.2.2), as many as it sends without waiting (RFC
/// 7766 6.2.1.1). They are answered in their order; what came together is answered together.</summary>
internal sealed class DnsConnection : IDisposable
{
    private const int LengthBytes = 2;

    private readonly byte[] _input = new byte[LengthBytes + DnsServerLimits.QuestionBytes];
    private readonly byte[] _output = new byte[2 * (LengthBytes + DnsServerLimits.AnswerBytes)];
    private readonly Socket _socket;
    private readonly IPAddress _client;
    private readonly DnsService _service;
    private readonly ITimer _deadline;
    private int _filled;
    private int _ready;

    /// <summary>Its deadline runs from now on.</summary>
    internal DnsConnection(Socket socket, IPAddress client, DnsService service)
    {
        _socket = socket;
        _client = client;
        _service = service;
        socket.NoDelay = true;
        _deadline = service.Time.CreateTimer(_ => Cut(), null, Idle, Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Idle => TimeSpan.FromMilliseconds(DnsServerLimits.IdleMs);

    /// <summary>Ends it where it is. Any thread.</summary>
    internal void Cut() => _socket.Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        _deadline.Dispose();
        _socket.Dispose();
    }

    /// <summary>Answers until the client goes, is too slow, or sends what is none of a client.</summary>
    /// <exception cref="SocketException">The connection broke.</exception>
    /// <exception cref="ObjectDisposedException">It was cut.</exception>
    internal async Task RunAsync()
    {
        for (long total = 0; total < DnsServerLimits.ConnectionBytes;)
        {
            int received = await _socket.ReceiveAsync(_input.AsMemory(_filled)).ConfigureAwait(false);
            if (received == 0)
            {
                return;
            }

            total += received;
            _filled += received;
            if (!await AnswerAsync().ConfigureAwait(false))
            {
                return;
            }
        }

        // Answers that are under way still arrive, unless the client has sent more already.
        _socket.Shutdown(SocketShutdown.Send);
    }

    // False: the next message is longer than is read.
    private async ValueTask<bool> AnswerAsync()
    {
        int at = 0;
        bool isSound = true;
        while (_filled - at >= LengthBytes)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(_input.AsSpan(at));
            isSound = length <= DnsServerLimits.QuestionBytes;
            if (!isSound || _filled - at - LengthBytes < length)
            {
                break;
            }

            Answer(_input.AsSpan(at + LengthBytes, length));
            at += LengthBytes + length;
            if (_output.Length - _ready < LengthBytes + DnsServerLimits.AnswerBytes)
            {
                await SendAsync().ConfigureAwait(false);
            }
        }

        if (at > 0)
        {
            _input.AsSpan(at, _filled - at).CopyTo(_input);
            _filled -= at;

            // Only whole messages give time. Before the answer, so that who has it has all of the time.
            _deadline.Change(Idle, Timeout.InfiniteTimeSpan);
            await SendAsync().ConfigureAwait(false);
        }

        return isSound;
    }

    private void Answer(ReadOnlySpan<byte> message)
    {
        int length = _service.Respond(
            message, _client, isTcp: true, _output.AsSpan(_ready + LengthBytes, DnsServerLimits.AnswerBytes));
        if (length > 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_output.AsSpan(_ready), (ushort)length);
            _ready += LengthBytes + length;
        }
    }

    private async ValueTask SendAsync()
    {
        for (int sent = 0; sent < _ready;)
        {
            sent += await _socket.SendAsync(_output.AsMemory(sent, _ready - sent)).ConfigureAwait(false);
        }

        _ready = 0;
    }
}
