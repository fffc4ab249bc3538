using System.Text.Json;
using Atlas.Engine.Handover;
using Atlas.Proxy.Udp;
using Atlas.Running.Listeners;

namespace Atlas.Running.Upgrades;

/// <summary>The UDP sessions from one process to the next: a client stays at its server, which sees no difference.</summary>
internal static class HandedUdpSessions
{
    // At some 300 bytes each they fit in a message; while they are under way, so many descriptors are open twice.
    private const int MaxAtOnce = 64;

    /// <summary>Sends all of which the other process does not know yet. One that does not fit in a message, for the length of its names, is left to
    /// begin anew.</summary>
    /// <param name="listeners">Whose.</param>
    /// <param name="send">Sends a message and its descriptors.</param>
    internal static void Give(IEnumerable<RunningListener> listeners, Action<byte[], IReadOnlyList<int>> send)
    {
        foreach (RunningUdpListener listener in listeners.OfType<RunningUdpListener>())
        {
            // Clients that come faster than they can be told of do not hold it up for good.
            for (int left = listener.MaxConnections; left > 0 && listener.HandOut(MaxAtOnce) is { Count: > 0 } sessions; left -= sessions.Count)
            {
                try
                {
                    Give(sessions, send);
                }
                finally
                {
                    Close(sessions);
                }
            }
        }
    }

    /// <summary>Goes on with what a message brings.</summary>
    /// <param name="listeners">The listeners, of which some have the sockets that the sessions' clients send to.</param>
    /// <param name="bytes">The message.</param>
    /// <param name="descriptors">What came with it. Those that nobody takes are closed.</param>
    internal static void Take(IEnumerable<RunningListener> listeners, byte[] bytes, IReadOnlyList<int> descriptors)
    {
        HandedDescriptor[] sockets = [.. descriptors.Select(descriptor => new HandedDescriptor(descriptor))];
        try
        {
            if (Read(bytes) is { } read && read.Length == sockets.Length)
            {
                HandedUdpSession[] sessions = [.. read.Select((session, i) => session with { Socket = sockets[i] })];
                foreach (RunningUdpListener listener in listeners.OfType<RunningUdpListener>())
                {
                    listener.TakeIn(sessions);
                }
            }
        }
        finally
        {
            foreach (HandedDescriptor socket in sockets)
            {
                socket.Dispose();
            }
        }
    }

    private static void Give(IReadOnlyList<HandedUdpSession> sessions, Action<byte[], IReadOnlyList<int>> send)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes([.. sessions], HandedJson.Default.HandedUdpSessionArray);
        if (bytes.Length <= HandoverWords.PieceBytes)
        {
            send(bytes, [.. sessions.Select(session => session.Socket!.Number)]);
        }
        else if (sessions.Count > 1)
        {
            int half = sessions.Count / 2;
            Give([.. sessions.Take(half)], send);
            Give([.. sessions.Skip(half)], send);
        }
    }

    private static HandedUdpSession[]? Read(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, HandedJson.Default.HandedUdpSessionArray);
        }
        catch (JsonException)
        {
            // Of another version. The sessions begin anew.
            return null;
        }
    }

    private static void Close(IReadOnlyList<HandedUdpSession> sessions)
    {
        foreach (HandedUdpSession session in sessions)
        {
            session.Dispose();
        }
    }
}
