using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Kernel;

/// <summary>A server for TCP and UDP that answers whatever comes with its name. Remembers who came.</summary>
public sealed class NamedServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly byte[] _name;
    private readonly Socket _listening;
    private readonly Socket _datagrams;
    private readonly Lock _gate = new();
    private readonly List<Socket> _accepted = [];
    private readonly Task _serving;
    private int _flows;

    public NamedServer(NetworkNamespace space, string name, IPEndPoint address)
    {
        _name = Encoding.ASCII.GetBytes(name);
        _listening = space.NewSocket(address.Address, ProtocolType.Tcp);
        _listening.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, 1);
        _listening.Bind(address);
        _listening.Listen();
        _datagrams = space.NewSocket(address.Address, ProtocolType.Udp);
        _datagrams.Bind(address);
        _serving = Task.WhenAll(AcceptAsync(), AnswerAsync());
    }

    /// <summary>Connections that asked something, without those of health checks.</summary>
    public int Flows => Volatile.Read(ref _flows);

    /// <summary>The address that the last flow came from.</summary>
    public IPAddress? LastClient { get; private set; }

    /// <summary>Stops to listen, and resets all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        await _end.CancelAsync();
        _listening.Dispose();
        _datagrams.Dispose();
        lock (_gate)
        {
            _accepted.ForEach(socket => socket.Close(0));
        }

        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket client = await _listening.AcceptAsync(_end.Token);
            lock (_gate)
            {
                _accepted.Add(client);
            }

            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            byte[] buffer = new byte[64];
            for (bool isFirst = true; await client.ReceiveAsync(buffer, _end.Token) > 0; isFirst = false)
            {
                if (isFirst)
                {
                    LastClient = ((IPEndPoint)client.RemoteEndPoint!).Address;
                    Interlocked.Increment(ref _flows);
                }

                await client.SendAsync(_name, _end.Token);
            }

            client.Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client or the test has gone.
        }
    }

    private async Task AnswerAsync()
    {
        byte[] buffer = new byte[64];
        while (true)
        {
            SocketReceiveFromResult received = await _datagrams.ReceiveFromAsync(
                buffer, new IPEndPoint(_datagrams.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0), _end.Token);
            await _datagrams.SendToAsync(_name, received.RemoteEndPoint, _end.Token);
        }
    }
}
