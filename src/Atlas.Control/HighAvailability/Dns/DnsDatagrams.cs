using System.Net;
using System.Net.Sockets;
using Atlas.Core.Configuration;
using Atlas.Protocols.Dns;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>
/// Questions and answers over UDP. An answer must come from the address that the question went to, or who asked does not take it; a
/// socket that is bound to all addresses leaves the choice to the kernel, which takes another one where a machine has several, as one
/// with virtual addresses has. So an address that is asked at gets a socket of its own at its first question.
/// </summary>
internal sealed class DnsDatagrams : IAsyncDisposable
{
    // After an error that is not the fault of one datagram, such as one of memory.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly DnsService _service;
    private readonly Socket _socket;
    private readonly IPEndPoint _local;
    private readonly bool _isAny;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    // Touched by the loop of the first socket only; null: the address could not be bound.
    private readonly Dictionary<IPAddress, Socket?> _sockets = [];

    /// <summary>Begins to answer.</summary>
    /// <param name="socket">Bound; disposed of with this.</param>
    /// <param name="service">Who answers.</param>
    internal DnsDatagrams(Socket socket, DnsService service)
    {
        _service = service;
        _socket = socket;
        _local = (IPEndPoint)socket.LocalEndPoint!;
        _isAny = BindAddress.IsAny(_local.Address);
        _running.Add(Task.Run(() => RunAsync(socket)));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running[0].ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (Task task in _running)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _socket.Dispose();
        foreach (Socket? socket in _sockets.Values)
        {
            socket?.Dispose();
        }

        _stop.Dispose();
    }

    private async Task RunAsync(Socket socket)
    {
        // One byte more than is read, so that a message that was cut is not taken for a whole one.
        byte[] question = new byte[DnsServerLimits.QuestionBytes + 1];
        byte[] answer = new byte[DnsLimits.EdnsUdpBytes];
        var any = new IPEndPoint(_local.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                SocketReceiveMessageFromResult received = await socket.ReceiveMessageFromAsync(question, any, _stop.Token).ConfigureAwait(false);
                var client = (IPEndPoint)received.RemoteEndPoint;
                int length = Respond(question, received.ReceivedBytes, client.Address, answer);
                if (length > 0)
                {
                    Socket sender = socket == _socket && _isAny ? SocketAt(received.PacketInformation.Address) : socket;
                    await sender.SendToAsync(answer.AsMemory(0, length), client, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (SocketException e)
            {
                // Of a datagram: its client or the address of the question is gone. Else the kernel lacks something.
                if (e.SocketErrorCode is SocketError.NoBufferSpaceAvailable or SocketError.TooManyOpenSockets)
                {
                    await Task.Delay(Rest, _service.Time, _stop.Token).ConfigureAwait(false);
                }
            }
        }
    }

    // What does not fit is malformed, and so is it without its last bytes.
    private int Respond(byte[] question, int received, IPAddress client, byte[] answer) =>
        _service.Respond(
            question.AsSpan(0, received > DnsServerLimits.QuestionBytes ? DnsLimits.HeaderBytes : received), client, isTcp: false, answer);

    private Socket SocketAt(IPAddress address)
    {
        if (_sockets.TryGetValue(address, out Socket? known) || _sockets.Count == DnsServerLimits.LocalAddresses)
        {
            return known ?? _socket;
        }

        Socket? socket = null;
        try
        {
            socket = DnsSockets.BindUdp(new IPEndPoint(address, _local.Port));
            Socket bound = socket;
            _running.Add(Task.Run(() => RunAsync(bound)));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressNotAvailable)
        {
            // A virtual address that has just gone. It may come back.
            return _socket;
        }
        catch (SocketException)
        {
            // Such as where the port needs a right that the process gave up: the kernel chooses, then.
        }

        _sockets[address] = socket;
        return socket ?? _socket;
    }
}
