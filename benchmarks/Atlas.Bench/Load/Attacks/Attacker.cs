using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Bench.Load.Attacks;

/// <summary>Carries attacks out, each on a connection of its own in plain text.</summary>
internal static class Attacker
{
    private const int SendTimeoutMs = 2_000;

    /// <summary>One attack: sends until all is sent or the proxy cuts the connection, waits a while for that, and closes.</summary>
    internal static async Task<AttackEnd> RunAsync(Attack attack, int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var watch = Stopwatch.StartNew();
        Task<double> cut = attack.Reads ? AwaitEndAsync(socket, watch) : Task.Delay(attack.HoldMs).ContinueWith(_ => -1.0, TaskScheduler.Default);
        int sent = 0;
        try
        {
            using var limit = new CancellationTokenSource(SendTimeoutMs);
            await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), limit.Token);
            while (sent < attack.Bytes.Length && !(attack.Reads && cut.IsCompleted))
            {
                int count = Math.Min(attack.ChunkBytes, attack.Bytes.Length - sent);
                sent += await socket.SendAsync(attack.Bytes.AsMemory(sent, count), limit.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The proxy has ended it, or takes no more; what is read tells.
        }

        double share = sent / (double)attack.Bytes.Length;
        await Task.WhenAny(cut, Task.Delay(attack.HoldMs));
        double ms = cut.IsCompleted ? await cut : -1;
        return new AttackEnd(ms >= 0, Math.Max(ms, 0), share);
    }

    // Milliseconds until the connection ended.
    private static async Task<double> AwaitEndAsync(Socket socket, Stopwatch watch)
    {
        byte[] buffer = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // A reset is an end, too.
        }

        return watch.Elapsed.TotalMilliseconds;
    }
}
