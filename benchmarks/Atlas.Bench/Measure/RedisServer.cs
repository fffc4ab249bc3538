using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Atlas.Bench.Measure;

/// <summary>A Redis on the core of the clients, which can be stopped, killed and started again. Disposing ends it.</summary>
internal sealed class RedisServer(int port) : IAsyncDisposable
{
    private const int StartMs = 10_000;

    private Process? _process;

    internal int Port => port;

    /// <summary>Starts it and returns once it accepts.</summary>
    /// <exception cref="BenchException">It did not.</exception>
    internal async Task StartAsync(CancellationToken cancel)
    {
        _process = Process.Start(new ProcessStartInfo("redis-server")
        {
            ArgumentList = { "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no" },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        for (var watch = Stopwatch.StartNew(); watch.ElapsedMilliseconds < StartMs;)
        {
            using var probe = new TcpClient();
            try
            {
                await probe.ConnectAsync("127.0.0.1", port, cancel);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(5, cancel);
            }
        }

        throw new BenchException("redis-server did not start");
    }

    /// <summary>Sends it a signal by its name without SIG.</summary>
    internal async Task SignalAsync(string name)
    {
        using Process kill = Process.Start("sh", ["-c", $"kill -{name} {_process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Lets it stand still for a while, as a slow command does.</summary>
    internal async Task SleepAsync(double seconds)
    {
        using Process cli = Process.Start(new ProcessStartInfo("redis-cli")
        {
            ArgumentList = { "-p", port.ToString(CultureInfo.InvariantCulture), "eval", "local t = redis.call('TIME') repeat local n = redis.call('TIME') until (n[1]-t[1])*1000000+(n[2]-t[2]) > tonumber(ARGV[1])", "0", ((int)(seconds * 1e6)).ToString(CultureInfo.InvariantCulture) },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        await cli.WaitForExitAsync();
    }

    /// <summary>Ends it at once.</summary>
    internal async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }
}
