using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Atlas.Running;

/// <summary>Tells systemd how the service does, by the protocol of sd_notify(3): datagrams to the socket that the environment
/// names. Without one, or when it cannot be reached, nothing happens.</summary>
internal sealed class ServiceNotifier : IDisposable
{
    private readonly Socket? _socket;

    /// <summary>Connects to the socket of <c>NOTIFY_SOCKET</c>.</summary>
    internal ServiceNotifier()
    {
        string? path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (path is not ['/' or '@', _, ..])
        {
            return;
        }

        // A leading @ stands for the 0 byte of an abstract address (unix(7)).
        var address = new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(address);
            _socket = socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
        }
    }

    /// <summary>How often <see cref="Alive"/> must come, from <c>WATCHDOG_USEC</c>; null when nobody asks for it. The half of
    /// what systemd waits, as sd_watchdog_enabled(3) advises.</summary>
    internal static TimeSpan? WatchdogInterval
    {
        get
        {
            string? process = Environment.GetEnvironmentVariable("WATCHDOG_PID");
            bool isOurs = string.IsNullOrEmpty(process)
                || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            string? text = Environment.GetEnvironmentVariable("WATCHDOG_USEC");
            return isOurs && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long usec) && usec > 0
                ? TimeSpan.FromMicroseconds(usec / 2)
                : null;
        }
    }

    public void Dispose() => _socket?.Dispose();

    /// <summary>The start, or a reload, is done.</summary>
    /// <param name="status">How it is, in a line of ASCII, which <c>systemctl status</c> shows.</param>
    internal void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>A reload begins; <see cref="Ready"/> ends it.</summary>
    internal void Reloading() =>
        Send(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={MonotonicUsec()}"));

    /// <summary>The service ends, which may take this long.</summary>
    internal void Stopping(TimeSpan most) =>
        Send(string.Create(
            CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={(long)most.TotalMicroseconds}\nSTATUS=draining"));

    /// <summary>Another process is the service's main one from now on.</summary>
    internal void HandedTo(int process) => Send(string.Create(CultureInfo.InvariantCulture, $"MAINPID={process}"));

    /// <summary>The service does its work.</summary>
    internal void Alive() => Send("WATCHDOG=1");

    // On Linux the stopwatch reads CLOCK_MONOTONIC, in nanoseconds.
    private static long MonotonicUsec() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    private void Send(string state)
    {
        try
        {
            _socket?.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (SocketException)
        {
            // Whoever listened has gone. The service matters more than the news of it.
        }
    }
}
