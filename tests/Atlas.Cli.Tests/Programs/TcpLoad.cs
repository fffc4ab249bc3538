using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>Clients that connect, ask once, take the answer and close, without a pause, until they are ended. Each has an address of
/// its own.</summary>
public sealed class TcpLoad : IAsyncDisposable
{
    private readonly IPEndPoint _address;
    private readonly Task _lanes;
    private readonly ConcurrentQueue<string> _broken = new();
    private readonly CancellationTokenSource _limit = new();
    private volatile bool _isEnding;
    private int _answered;

    /// <summary>Begins.</summary>
    /// <param name="address">Whom to connect to.</param>
    /// <param name="lanes">How many clients, up to 200.</param>
    public TcpLoad(string address, int lanes)
    {
        _address = IPEndPoint.Parse(address);
        _lanes = Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => RunAsync(new IPAddress([127, 0, 1, (byte)(lane + 1)])))));
    }

    /// <summary>Connections that brought the whole answer.</summary>
    public int Answered => Volatile.Read(ref _answered);

    /// <summary>What became of the others.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    /// <summary>Waits until so many more connections brought their answer.</summary>
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

    /// <summary>Lets each client end with the connection at hand.</summary>
    public Task EndAsync()
    {
        _isEnding = true;
        return _lanes.WaitAsync(RunningProgram.Limit);
    }

    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        await _limit.CancelAsync();
        await _lanes.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _limit.Dispose();
    }

    private async Task RunAsync(IPAddress client)
    {
        while (!_isEnding)
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
                _broken.Enqueue(e.SocketErrorCode.ToString());
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
            Interlocked.Increment(ref _answered);
        }
        else
        {
            _broken.Enqueue($"ended after '{answer}'");
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
