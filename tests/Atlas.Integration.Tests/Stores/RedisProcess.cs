using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Atlas.Integration.Tests.Stores;

/// <summary>A server of Redis as Debian has it, on a free port of the loopback address, with a directory of its own. It is ended with
/// the test.</summary>
internal sealed class RedisProcess : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("atlas-redis-").FullName;
    private readonly string[] _arguments;
    private Process? _process;

    private RedisProcess(int port, string[] arguments)
    {
        Port = port;
        _arguments = arguments;
    }

    internal int Port { get; }

    internal static bool IsInstalled => PathOf("redis-server") is not null;

    /// <summary>Starts one, and waits until it takes connections.</summary>
    /// <param name="arguments">Options of redis-server. "{dir}" is its directory, "{port}" its port.</param>
    internal static async Task<RedisProcess> StartAsync(params string[] arguments)
    {
        Assert.SkipUnless(IsInstalled, "redis-server is not installed");
        var redis = new RedisProcess(FreePort(), arguments);
        try
        {
            await redis.RestartAsync();
            return redis;
        }
        catch
        {
            redis.Dispose();
            throw;
        }
    }

    internal static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts it on the same port again.</summary>
    internal async Task RestartAsync()
    {
        string port = Port.ToString(CultureInfo.InvariantCulture);
        bool hasPort = Array.Exists(_arguments, argument => argument is "--port" or "--tls-port" or "--sentinel");
        string[] own = _arguments.Contains("--sentinel")
            ? []
            : ["--save", "", "--appendonly", "no", "--bind", "127.0.0.1", "--dir", _directory, .. hasPort ? Array.Empty<string>() : ["--port", port]];
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in _arguments.Select(Fill).Concat(own))
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.IsAsync(async () =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            return true;
        });

        string Fill(string text) => text.Replace("{dir}", _directory, StringComparison.Ordinal).Replace("{port}", port, StringComparison.Ordinal);
    }

    internal void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    internal Task StopAsync() => SignalAsync("-STOP");

    internal Task GoOnAsync() => SignalAsync("-CONT");

    /// <summary>Runs redis-cli.</summary>
    internal static async Task<string> CliAsync(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("redis-cli", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    /// <summary>Runs redis-cli for this server.</summary>
    internal Task<string> AskAsync(params string[] arguments) =>
        CliAsync(["-p", Port.ToString(CultureInfo.InvariantCulture), .. arguments]);

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _process?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string? PathOf(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
