using System.Net.Sockets;
using System.Text;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Kernel;

/// <summary>A client's connection, or its datagrams from one port.</summary>
public sealed class Flow(Socket socket) : IDisposable
{
    /// <summary>Asks for the name of the server.</summary>
    public async Task<string> AskAsync(TimeSpan? limit = null)
    {
        using var end = new CancellationTokenSource(limit ?? RunningProgram.Limit);
        await socket.SendAsync("?"u8.ToArray(), end.Token);
        byte[] answer = new byte[64];
        int length = await socket.ReceiveAsync(answer, end.Token);
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    public void Dispose() => socket.Dispose();
}
