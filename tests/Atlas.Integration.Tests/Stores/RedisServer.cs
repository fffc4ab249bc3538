using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Integration.Tests.Stores;

/// <summary>A redis-server on a port of 127.0.0.1, which keeps nothing.</summary>
internal sealed class RedisServer : IDisposable
{
    private const int Tries = 5;

    private readonly Process _process;

    private RedisServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    internal int Port { get; }

    /// <summary>Starts one and waits until it accepts.</summary>
    internal static async Task<RedisServer> StartAsync()
    {
        for (int i = 0; i < Tries; i++)
        {
            // It cannot let the system choose a port; another program may be faster to take the one that is free.
            int port = FreePort();
            Process process = Process.Start(new ProcessStartInfo(
                "redis-server",
                ["--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
                {
                    return new RedisServer(process, port);
                }
            }

            await process.WaitForExitAsync();
        }

        throw new InvalidOperationException($"redis-server did not start in {Tries} tries");
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
