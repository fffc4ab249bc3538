using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>
/// A server whose answers the test holds back. <c>GET /</c> is answered with its name at once. <c>/hold</c> is answered when
/// <see cref="Release"/> was called. <c>/stream</c> gets the first half of its answer at once, and the second then.
/// <c>/tunnel</c> is upgraded, and echoes. <c>/health</c> is answered with 503 while <see cref="IsFailing"/>.
/// </summary>
public sealed class Backend : IAsyncDisposable
{
    private const int HalfBytes = 100_000;

    private readonly TcpListener _listener;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private volatile bool _isFailing;
    private volatile bool _isHanging;

    public Backend(string name)
        : this(name, new IPEndPoint(IPAddress.Loopback, 0))
    {
    }

    private Backend(string name, IPEndPoint address)
    {
        Name = name;
        _listener = new TcpListener(address);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The length of the answer to <c>/stream</c>.</summary>
    public static int StreamBytes => 2 * HalfBytes;

    public string Name { get; }

    public string Address => _listener.LocalEndpoint.ToString()!;

    /// <summary>Ends when a request came that is held back.</summary>
    public Task Asked => _asked.Task.WaitAsync(RunningProgram.Limit);

    /// <summary>Whether <c>/health</c> says that it does not work; all else goes on.</summary>
    public bool IsFailing
    {
        get => _isFailing;
        set => _isFailing = value;
    }

    /// <summary>Whether <c>/health</c> is not answered; all else goes on.</summary>
    public bool IsHanging
    {
        get => _isHanging;
        set => _isHanging = value;
    }

    /// <summary>Whether <c>/</c> is answered with 503.</summary>
    public bool FailsRequests { get; init; }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public static Backend[] Three() => [new("A"), new("B"), new("C")];

    /// <summary>Three on one port, of 127.0.0.1, 127.0.0.2 and 127.0.0.3.</summary>
    public static async Task<Backend[]> ThreeOnOnePortAsync()
    {
        while (true)
        {
            var servers = new List<Backend> { new("A") };
            try
            {
                servers.Add(new Backend("B", new IPEndPoint(IPAddress.Parse("127.0.0.2"), servers[0].Port)));
                servers.Add(new Backend("C", new IPEndPoint(IPAddress.Parse("127.0.0.3"), servers[0].Port)));
                return [.. servers];
            }
            catch (SocketException)
            {
                // Another program has the port there: the next one is free.
                await servers[^1].DisposeAsync();
            }
        }
    }

    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream(), Encoding.ASCII))
        {
            try
            {
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
                {
                    while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 })
                    {
                    }

                    await AnswerAsync(client.GetStream(), line.Split(' ')[1]);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The proxy or the test has gone.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string path)
    {
        switch (path)
        {
            case "/hold":
                await HoldAsync();
                await SendAsync(stream, Head(Name.Length) + Name);
                break;
            case "/stream":
                await SendAsync(stream, Head(StreamBytes) + new string('1', HalfBytes));
                await HoldAsync();
                await SendAsync(stream, new string('2', HalfBytes));
                break;
            case "/tunnel":
                await SendAsync(stream, "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
                await stream.CopyToAsync(stream, _end.Token);
                break;
            case "/health" when IsHanging:
                await Task.Delay(Timeout.Infinite, _end.Token);
                break;
            case "/health" when IsFailing:
            case "/" when FailsRequests:
                await SendAsync(stream, "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
                break;
            default:
                await SendAsync(stream, Head(Name.Length) + Name);
                break;
        }
    }

    private Task HoldAsync()
    {
        _asked.TrySetResult();
        return _released.Task.WaitAsync(_end.Token);
    }

    private static string Head(int bytes) => $"HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n";

    private Task SendAsync(NetworkStream stream, string text) =>
        stream.WriteAsync(Encoding.ASCII.GetBytes(text), _end.Token).AsTask();
}
