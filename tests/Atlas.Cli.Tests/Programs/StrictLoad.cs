using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that ask without a pause until they are ended, and for which everything counts that is not an answer: connections
/// over HTTP that stay until an answer says that they close, and clients of UDP that each wait for the answer to what they sent.</summary>
public sealed class StrictLoad : IAsyncDisposable
{
    private readonly Task _lanes;
    private readonly ConcurrentQueue<string> _broken = new();
    private volatile bool _isEnding;
    private int _answered;

    private StrictLoad(int lanes, Func<StrictLoad, Task> run) =>
        _lanes = Task.WhenAll(Enumerable.Range(0, lanes).Select(_ => Task.Run(() => run(this))));

    /// <summary>What was answered.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>What became of the others.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    public static StrictLoad OfHttp(string address, int lanes) => new(lanes, load => load.AskHttpAsync(IPEndPoint.Parse(address)));

    public static StrictLoad OfUdp(string address, int lanes) => new(lanes, load => load.AskUdpAsync(IPEndPoint.Parse(address)));

    /// <summary>Waits until so many more were answered.</summary>
    public async Task AnsweredAsync(int more)
    {
        int count = Answered + more;
        using var limit = new CancellationTokenSource(RunningProgram.Limit);
        while (Answered < count)
        {
            _lanes.IsFaulted.ShouldBeFalse(_lanes.Exception?.ToString());
            limit.IsCancellationRequested.ShouldBeFalse($"{Answered} of {count}, broken: {string.Join("; ", _broken)}");
            await Task.Delay(10, CancellationToken.None);
        }
    }

    /// <summary>Lets each client end with what is at hand; none may have been broken.</summary>
    public async Task EndAsync()
    {
        _isEnding = true;
        await _lanes.WaitAsync(RunningProgram.Limit);
        _broken.ShouldBeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        await _lanes.WaitAsync(RunningProgram.Limit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AskHttpAsync(IPEndPoint address)
    {
        byte[] buffer = new byte[4096];
        while (!_isEnding)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(address).WaitAsync(RunningProgram.Limit);
                bool stays = true;
                while (stays && !_isEnding)
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

                    Interlocked.Increment(ref _answered);
                    stays = !answer.Contains("connection: close", StringComparison.OrdinalIgnoreCase);
                }
            }
            catch (Exception e) when (e is SocketException or IOException or TimeoutException)
            {
                _broken.Enqueue(e.Message);
            }
        }
    }

    private async Task AskUdpAsync(IPEndPoint address)
    {
        using var client = new UdpClient(AddressFamily.InterNetwork);
        client.Connect(address);
        for (int i = 0; !_isEnding; i++)
        {
            byte[] ask = Encoding.ASCII.GetBytes($"{i}");
            await client.SendAsync(ask);
            try
            {
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
                UdpReceiveResult answer = await client.ReceiveAsync(limit.Token);
                if (!answer.Buffer.AsSpan().SequenceEqual(ask))
                {
                    _broken.Enqueue($"asked {i}, got {Encoding.ASCII.GetString(answer.Buffer)}");
                }
                else
                {
                    Interlocked.Increment(ref _answered);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                _broken.Enqueue($"datagram {i}: {e.Message}");
            }
        }
    }

    private static bool IsWhole(string answer)
    {
        const string Field = "content-length: ";
        int head = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        int at = answer.IndexOf(Field, StringComparison.OrdinalIgnoreCase);
        return head >= 0 && at >= 0 && at < head
            && answer.Length - head - 4 == int.Parse(
                answer[(at + Field.Length)..].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
