using System.Net;
using Atlas.Running.Listeners;

namespace Atlas.Running.HighAvailability;

/// <summary>Brings a node to the point at which its addresses can go to another without a failed connection: clients that come get no
/// answer and ask again, when the address is the other's, and those that are served end first, if they do so soon.</summary>
internal static class AddressHandover
{
    // What is under way at a handover fails, for its clients' next packets go to another node. Most requests take a few
    // milliseconds. It is waited for as long as connections end, each within the first time of the one before, and no longer than
    // the second time in all: those that last wait for nothing, and whoever waits for the addresses waits for this, too.
    private const int StepMs = 40;

    // Who has just connected has sent its request, which is on its way: a drain would close the connection as one that is not used.
    private const int ArrivalMs = 20;
    private const int LimitMs = 500;
    private const int PollMs = 2;

    // After a farewell the backup takes over within 50 ms, less the more its priority is: who has 100, after 30.
    private const int LastMs = 25;

    /// <summary>Has listeners take nothing new, and waits a moment for what they have.</summary>
    internal static async Task QuietAsync(IReadOnlyList<RunningListener> listeners)
    {
        foreach (RunningListener listener in listeners)
        {
            listener.HoldOff();
        }

        if (Open() > 0)
        {
            await Task.Delay(ArrivalMs);
        }

        foreach (RunningListener listener in listeners)
        {
            listener.Drain(closeSpreadMs: 0);
        }

        long end = Environment.TickCount64 + LimitMs;
        long step = Environment.TickCount64 + StepMs;
        int fewest = int.MaxValue;
        for (int open = Open(); open > 0 && Environment.TickCount64 < Math.Min(step, end); open = Open())
        {
            if (open < fewest)
            {
                fewest = open;
                step = Environment.TickCount64 + StepMs;
            }

            await Task.Delay(PollMs);
        }

        int Open() => listeners.Sum(listener => listener.Connections);
    }

    /// <summary>Ends what is left on the addresses just before they go: its clients would wait for bytes that cannot reach them any
    /// more.</summary>
    /// <param name="listeners">Whose connections.</param>
    /// <param name="addresses">The addresses that go.</param>
    /// <param name="gone">Done when they are gone.</param>
    internal static async Task EndAsync(IReadOnlyList<RunningListener> listeners, IReadOnlyList<IPAddress> addresses, Task gone)
    {
        await Task.WhenAny(gone, Task.Delay(LastMs));
        byte[][] lost = [.. addresses.Select(address => address.GetAddressBytes())];
        foreach (RunningListener listener in listeners)
        {
            listener.Abort(address => Array.Exists(lost, ip => address.Ip.SequenceEqual(ip)));
        }

        await gone;
    }
}
