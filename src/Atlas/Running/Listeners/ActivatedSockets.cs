using System.Globalization;
using Atlas.Engine.Handover;

namespace Atlas.Running.Listeners;

/// <summary>The sockets that systemd has opened for the service (sd_listen_fds(3)): descriptors from 3 on.</summary>
internal static class ActivatedSockets
{
    // The first descriptor, by sd-daemon.h.
    private const int First = 3;

    // More than any unit has; a number beyond it is no number of sockets.
    private const int Most = 4_096;

    /// <summary>Takes them; null: there are none. What is no socket that Atlas could serve is told, and left alone.</summary>
    internal static InheritedSockets? Take(Action<string> notice)
    {
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (Environment.GetEnvironmentVariable("LISTEN_PID") != pid
            || !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count is < 1 or > Most)
        {
            return null;
        }

        string[] names = (Environment.GetEnvironmentVariable("LISTEN_FDNAMES") ?? "").Split(':');
        var sockets = new InheritedSockets(isHeld: false);
        for (int i = 0; i < count; i++)
        {
            string name = i < names.Length && names[i].Length > 0 ? names[i] : "unknown";
            if (OpenSocket.TryTake(First + i) is OpenSocket socket)
            {
                sockets.Add($"systemd {name}", [socket]);
            }
            else
            {
                notice($"socket {name} of systemd is neither one that accepts connections nor one bound for UDP: it is not used");
            }
        }

        return sockets;
    }
}
