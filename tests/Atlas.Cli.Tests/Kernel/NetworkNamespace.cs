using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Kernel;

/// <summary>A network namespace with a name of its own, removed with the test. A socket stays in the namespace in which it was
/// made, whichever thread uses it.</summary>
public sealed class NetworkNamespace : IDisposable
{
    private static int s_count;

    public NetworkNamespace()
    {
        Name = $"atlas-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        Ip("netns", "add", Name);
        Configure("link", "set", "lo", "up");
    }

    public string Name { get; }

    /// <summary>Runs <c>ip</c> with a line of words.</summary>
    public static void Ip(params string[] words)
    {
        string output = Run("ip", words, out int exitCode);
        exitCode.ShouldBe(0, $"ip {string.Join(' ', words)}: {output}");
    }

    /// <summary>Runs <c>ip</c> on this namespace.</summary>
    public void Configure(params string[] words) => Ip(["-n", Name, .. words]);

    /// <summary>Sets a value of the kernel for this namespace.</summary>
    public void Set(string key, string value) => NamespaceThread.RunIn(Name, () =>
    {
        File.WriteAllText("/proc/sys/" + key.Replace('.', '/'), value);
        return 0;
    });

    /// <summary>Starts a program in this namespace, in place of <c>ip</c>.</summary>
    public RunningProgram Start(string program, params string[] words) =>
        RunningProgram.Start(new ProcessStartInfo("ip"), ["netns", "exec", Name, program, .. words]);

    /// <summary>Runs a program in this namespace and returns what it writes; it must end well.</summary>
    public string Run(string program, params string[] words)
    {
        string output = Run("ip", ["netns", "exec", Name, program, .. words], out int exitCode);
        exitCode.ShouldBe(0, output);
        return output;
    }

    /// <summary>A socket that speaks from this namespace.</summary>
    public Socket NewSocket(IPAddress address, ProtocolType protocol) => NamespaceThread.RunIn(Name, () => new Socket(
        address.AddressFamily, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol));

    /// <summary>A client of HTTP in this namespace.</summary>
    public HttpClient NewHttpClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancellation) =>
        {
            var end = IPEndPoint.Parse(context.DnsEndPoint.Host + ":" + context.DnsEndPoint.Port);
            Socket socket = NewSocket(end.Address, ProtocolType.Tcp);
            await socket.ConnectAsync(end, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    public void Dispose() => Run("ip", ["netns", "del", Name], out _);

    private static string Run(string program, string[] words, out int exitCode)
    {
        var start = new ProcessStartInfo(program, words) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        exitCode = process.ExitCode;
        return output + errors.Result;
    }
}
