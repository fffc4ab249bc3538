using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that ask without a pause until they are ended, and for which everything counts that is not an answer: connections
/// over HTTP that stay until an answer says that they close, WebSockets, and clients of UDP that each wait for the answer to what they
/// sent.</summary>
public sealed class StrictLoad : AskingLoad
{
    // Messages on a WebSocket that does not stay.
    private const int MessagesPerSocket = 20;

    private StrictLoad(int lanes, Func<StrictLoad, int, Task> run) => Begin(lanes, lane => run(this, lane));

    public static StrictLoad OfHttp(string address, int lanes) => new(lanes, (load, _) => load.AskHttpAsync(IPEndPoint.Parse(address)));

    public static StrictLoad OfUdp(string address, int lanes) => new(lanes, (load, _) => load.AskUdpAsync(IPEndPoint.Parse(address)));

    /// <summary>WebSockets, the first half of which stay for as long as they are let, while the others close after some messages and come
    /// anew; every second of them over HTTP/2 (RFC 8441).</summary>
    public static StrictLoad OfWebSockets(string address, int lanes) => new(lanes, (load, lane) => load.AskWebSocketAsync(
        new Uri($"ws://{address}/chat"), lane % 2 == 0 ? HttpVersion.Version11 : HttpVersion.Version20, stays: lane < lanes / 2));

    /// <summary>Lets each client end with what is at hand; none may have been broken.</summary>
    public override async Task EndAsync()
    {
        await base.EndAsync();
        Broken.ShouldBeEmpty();
    }

    private async Task AskHttpAsync(IPEndPoint address)
    {
        byte[] buffer = new byte[4096];
        while (!IsEnding)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address).WaitAsync(RunningProgram.Limit);
                bool stays = true;
                while (stays && !IsEnding)
                {
                    await socket.SendAsync("GET / HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray());
                    string answer = "";
                    while (!IsWhole(answer))
                    {
                        int received = await socket.ReceiveAsync(buffer).WaitAsync(RunningProgram.Limit);
                        if (received == 0)
                        {
                            throw new IOException($"ended after '{answer}'");
                        }

                        answer += Encoding.ASCII.GetString(buffer, 0, received);
                    }

                    if (!answer.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                    {
                        throw new IOException(answer);
                    }

                    CountAnswer();
                    stays = !answer.Contains("connection: close", StringComparison.OrdinalIgnoreCase);
                }
            }
            catch (Exception e) when (e is SocketException or IOException or TimeoutException)
            {
                CountBroken(e.Message);
            }
        }
    }

    private async Task AskWebSocketAsync(Uri address, Version version, bool stays)
    {
        using var handler = new SocketsHttpHandler();
        using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
        while (!IsEnding)
        {
            using var client = new ClientWebSocket();
            client.Options.HttpVersion = version;
            client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            try
            {
                await client.ConnectAsync(address, invoker, CancellationToken.None).WaitAsync(RunningProgram.Limit);
                for (int i = 0; !IsEnding && (stays || i < MessagesPerSocket); i++)
                {
                    await EchoAsync(client, $"{i}");
                    CountAnswer();

                    // Not to take the processor from those that ask without a pause.
                    await Task.Delay(1);
                }

                await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).WaitAsync(RunningProgram.Limit);
            }
            catch (Exception e) when (e is WebSocketException or HttpRequestException or IOException or TimeoutException)
            {
                CountBroken(e.ToString());
            }
        }
    }

    private static async Task EchoAsync(ClientWebSocket client, string text)
    {
        byte[] buffer = new byte[100];
        await client.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        WebSocketReceiveResult received = await client.ReceiveAsync(buffer, CancellationToken.None).WaitAsync(RunningProgram.Limit);
        string echo = received.MessageType == WebSocketMessageType.Text ? Encoding.ASCII.GetString(buffer, 0, received.Count) : $"{received.CloseStatus}";
        if (echo != text)
        {
            throw new IOException($"sent {text}, got {echo}");
        }
    }

    private async Task AskUdpAsync(IPEndPoint address)
    {
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Connect(address);
        for (int i = 0; !IsEnding; i++)
        {
            byte[] ask = Encoding.ASCII.GetBytes($"{i}");
            await client.SendAsync(ask);
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                UdpReceiveResult answer = await client.ReceiveAsync(limit.Token);
                if (!answer.Buffer.AsSpan().SequenceEqual(ask))
                {
                    CountBroken($"asked {i}, got {Encoding.ASCII.GetString(answer.Buffer)}");
                }
                else
                {
                    CountAnswer();
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                CountBroken($"datagram {i}: {e.Message}");
            }
        }
    }
}
