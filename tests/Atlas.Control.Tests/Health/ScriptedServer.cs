using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Control.Tests.Health;

/// <summary>A server that reads a request's head, sends these bytes and closes.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly byte[] _response;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private readonly TaskCompletionSource<string> _request = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ScriptedServer(string response, string? unixPath = null)
    {
        _response = Encoding.Latin1.GetBytes(response);
        EndPoint end = unixPath is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(unixPath);
        _listener = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(end);
        _listener.Listen();
        Address = unixPath is null ? _listener.LocalEndPoint!.ToString()! : "unix:" + unixPath;
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>The head of the first request.</summary>
    public Task<string> Request => _request.Task.WaitAsync(Until.Limit);

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
            using Socket client = await _listener.AcceptAsync(_end.Token);
            await using var stream = new NetworkStream(client);
            try
            {
                using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
                string head = "";
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
                {
                    head += line + "\n";
                }

                _request.TrySetResult(head);
                await stream.WriteAsync(_response, _end.Token);
            }
            catch (IOException)
            {
                // The probe has seen enough.
            }
        }
    }
}
