using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that ask without a pause until they are ended, and for which everything counts that is not an answer: connections
/// over HTTP that stay until an answer says that they close, and clients of UDP that each wait for the answer to what they sent.</summary>
public sealed class StrictLoad : AskingLoad
{
    private StrictLoad(int lanes, Func<StrictLoad, Task> run) => Begin(lanes, _ => run(this));

    public static StrictLoad OfHttp(string address, int lanes) => new(lanes, load => load.AskHttpAsync(IPEndPoint.Parse(address)));

    public static StrictLoad OfUdp(string address, int lanes) => new(lanes, load => load.AskUdpAsync(IPEndPoint.Parse(address)));

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
