using System.Net;
using System.Net.Sockets;

namespace Atlas.Cli.Tests.Programs;

/// <summary>A DNS server that has the same IPv4 addresses for every name, and none of another type. It writes its messages by
/// itself, so that it does not share what the program may have wrong.</summary>
public sealed class DnsServer : IAsyncDisposable
{
    private const int HeaderBytes = 12;
    private const byte NoSuchName = 3;
    private const byte ServerFailure = 2;

    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _end = new();
    private readonly Task _answering;
    private volatile byte[] _hosts = [];
    private volatile byte _code;
    private volatile bool _isSilent;

    /// <summary>A server that has 127.0.0.N for these numbers.</summary>
    public DnsServer(params byte[] hosts)
    {
        _hosts = hosts;
        _answering = AnswerAsync();
    }

    public string Address => _socket.Client.LocalEndPoint!.ToString()!;

    /// <summary>Has 127.0.0.N for these numbers from now on.</summary>
    public void Have(params byte[] hosts)
    {
        _hosts = hosts;
        _code = 0;
        _isSilent = false;
    }

    /// <summary>Says that there is no name.</summary>
    public void Lose() => Fail(NoSuchName);

    /// <summary>Says that it cannot find out.</summary>
    public void Fail() => Fail(ServerFailure);

    /// <summary>Says nothing.</summary>
    public void FallSilent() => _isSilent = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _socket.Dispose();
        _end.Dispose();
    }

    private void Fail(byte code)
    {
        _code = code;
        _isSilent = false;
    }

    private async Task AnswerAsync()
    {
        while (true)
        {
            UdpReceiveResult asked = await _socket.ReceiveAsync(_end.Token);
            if (!_isSilent)
            {
                await _socket.SendAsync(Answer(asked.Buffer), asked.RemoteEndPoint, _end.Token);
            }
        }
    }

    private byte[] Answer(byte[] asked)
    {
        int end = Array.IndexOf(asked, (byte)0, HeaderBytes) + 5;
        byte[] hosts = _code == 0 && asked[end - 3] == 1 ? _hosts : [];
        byte[] head = [asked[0], asked[1], 0x81, (byte)(0x80 | _code), 0, 1, 0, (byte)hosts.Length, 0, 0, 0, 0];

        // A pointer to the question's name, A, IN, a life of a second, four bytes.
        return [.. head, .. asked[HeaderBytes..end], .. hosts.SelectMany(host => new byte[]
            { 0xC0, HeaderBytes, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 127, 0, 0, host })];
    }
}
