using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that connect, ask once, take the answer and close, without a pause, until they are ended. Each has an address of
/// its own.</summary>
public sealed class TcpLoad : AskingLoad
{
    private readonly IPEndPoint _address;
    private readonly CancellationTokenSource _limit = new();

    /// <summary>Begins.</summary>
    /// <param name="address">Whom to connect to.</param>
    /// <param name="lanes">How many clients, up to 200.</param>
    public TcpLoad(string address, int lanes)
    {
        _address = IPEndPoint.Parse(address);
        Begin(lanes, lane => RunAsync(new IPAddress([127, 0, 1, (byte)(lane + 1)])));
    }

    public override async ValueTask DisposeAsync()
    {
        await _limit.CancelAsync();
        await base.DisposeAsync();
        _limit.Dispose();
    }

    private async Task RunAsync(IPAddress client)
    {
        while (!IsEnding)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(client, 0));
                await socket.ConnectAsync(_address, _limit.Token);
                await socket.SendAsync("GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray(), _limit.Token);
                Count(await AnswerAsync(socket));
            }
            catch (SocketException e)
            {
                CountBroken(e.SocketErrorCode.ToString());
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Count(string answer)
    {
        if (IsWhole(answer))
        {
            CountAnswer();
        }
        else
        {
            CountBroken($"ended after '{answer}'");
        }
    }

    private async Task<string> AnswerAsync(Socket socket)
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        int received;
        do
        {
            received = await socket.ReceiveAsync(buffer.AsMemory(length), _limit.Token);
            length += received;
        }
        while (received > 0 && !IsWhole(Encoding.ASCII.GetString(buffer, 0, length)));
        return Encoding.ASCII.GetString(buffer, 0, length);
    }
}
