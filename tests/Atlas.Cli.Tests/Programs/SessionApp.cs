using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Cli.Tests.Programs;

/// <summary>An application that does with its session what the path says, and answers with what it got: id, version and contents.
/// <c>/set?v=TEXT</c>, <c>/swap?v=TEXT&amp;version=V</c>, <c>/rotate</c>, <c>/end</c>; anything else changes nothing.</summary>
public sealed class SessionApp : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _answering;
    private int _asked;

    public SessionApp()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Address = probe.LocalEndpoint.ToString()!;
        probe.Stop();
        _listener.Prefixes.Add($"http://{Address}/");
        _listener.Start();
        _answering = AnswerAsync();
    }

    public string Address { get; }

    /// <summary>Requests that came.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public void Dispose()
    {
        _listener.Close();
        _answering.Wait(RunningProgram.Limit);
    }

    private async Task AnswerAsync()
    {
        while (true)
        {
            HttpListenerContext call;
            try
            {
                call = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _asked);
            Answer(call.Request, call.Response);
        }
    }

    private static void Answer(HttpListenerRequest request, HttpListenerResponse response)
    {
        string contents = request.Headers["Atlas-Session"] is { Length: > 0 } text
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text))
            : "";
        string value = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(request.QueryString["v"] ?? ""));
        switch (request.Url!.AbsolutePath)
        {
            case "/set":
                response.AddHeader("Atlas-Session", value);
                break;
            case "/swap":
                response.AddHeader("Atlas-Session", value);
                response.AddHeader("Atlas-Session-Version", request.QueryString["version"]!);
                break;
            case "/rotate":
                response.AddHeader("Atlas-Session-Rotate", "1");
                break;
            case "/end":
                response.AddHeader("Atlas-Session", "");
                break;
        }

        string id = request.Headers["Atlas-Session-Id"]!;
        byte[] body = Encoding.UTF8.GetBytes($"{id} {request.Headers["Atlas-Session-Version"]} {contents}");
        response.Close(body, willBlock: false);
    }
}
