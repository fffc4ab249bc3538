using System.Net;
using System.Net.Sockets;

namespace Atlas.Control.HighAvailability.Dns;

/// <summary>Questions and answers over TCP: accepts connections, as many as the limits let there be.</summary>
internal sealed class DnsConnections : IAsyncDisposable
{
    // After an error of accept, such as no descriptor that is free.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly DnsService _service;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<DnsConnection, Task> _open = [];
    private readonly Dictionary<IPAddress, int> _clients = [];
    private readonly Task _accepting;

    /// <summary>Begins to accept.</summary>
    /// <param name="socket">Listens; disposed of with this.</param>
    /// <param name="service">Who answers.</param>
    internal DnsConnections(Socket socket, DnsService service)
    {
        _service = service;
        _socket = socket;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        Task[] open;
        lock (_gate)
        {
            open = [.. _open.Values];
            foreach (DnsConnection connection in _open.Keys)
            {
                connection.Cut();
            }
        }

        await Task.WhenAll(open).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket socket = await _socket.AcceptAsync(_stop.Token).ConfigureAwait(false);
                Take(socket);
            }
            catch (SocketException)
            {
                await Task.Delay(Rest, _service.Time, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private void Take(Socket socket)
    {
        if (socket.RemoteEndPoint is not IPEndPoint { Address: var client })
        {
            // It is gone again.
            socket.Dispose();
            return;
        }

        lock (_gate)
        {
            int ofClient = _clients.GetValueOrDefault(client);
            if (_open.Count >= DnsServerLimits.Connections || ofClient >= DnsServerLimits.ConnectionsPerClient)
            {
                _service.Counters.CountConnectionOverLimit();
                socket.Dispose();
                return;
            }

            _clients[client] = ofClient + 1;
            var connection = new DnsConnection(socket, client, _service);
            _service.Counters.CountConnection(1);
            _open.Add(connection, Task.Run(() => RunAsync(connection, client)));
        }
    }

    private async Task RunAsync(DnsConnection connection, IPAddress client)
    {
        using (connection)
        {
            await connection.RunAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        lock (_gate)
        {
            _open.Remove(connection);
            _service.Counters.CountConnection(-1);
            if (--_clients[client] == 0)
            {
                _clients.Remove(client);
            }
        }
    }
}
