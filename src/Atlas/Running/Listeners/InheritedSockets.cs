using Atlas.Core.Configuration;
using Atlas.Engine.Handover;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>Sockets that are bound already, of the process before or of systemd, for the listeners of the first configuration: a name
/// each, and one or more that are bound alike. What is taken belongs to who took it. One thread at a time.</summary>
/// <param name="isHeld">Whether another process serves them, so that nothing is taken from them before it has stopped.</param>
internal sealed class InheritedSockets(bool isHeld)
{
    private readonly List<(string Name, IReadOnlyList<OpenSocket> Sockets)> _entries = [];

    /// <summary>Whether another process serves them until the instance begins.</summary>
    internal bool IsHeld => isHeld;

    /// <summary>The names of those that were taken.</summary>
    internal List<string> Taken { get; } = [];

    /// <summary>What the sockets of a listener's address are called.</summary>
    internal static string NameOf(string listener, BindAddress written, bool isDatagram) =>
        $"listener {listener} {KindOf(isDatagram)} {written}";

    /// <summary>What the socket of the admin server is called.</summary>
    internal static string AdminName(BindAddress written) => $"admin {written}";

    internal void Add(string name, IReadOnlyList<OpenSocket> sockets) => _entries.Add((name, sockets));

    /// <summary>The sockets of a listener's address: those of its name, else those that were written alike, as of a listener that was
    /// renamed, else all that are bound there; null: there are none.</summary>
    internal IReadOnlyList<OpenSocket>? Take(string listener, BindAddress written, bool isDatagram)
    {
        string suffix = $" {KindOf(isDatagram)} {written}";
        string name = NameOf(listener, written, isDatagram);
        return TakeFirst(entry => entry.Name == name)
            ?? TakeFirst(entry => entry.Name.StartsWith("listener ", StringComparison.Ordinal)
                && entry.Name.EndsWith(suffix, StringComparison.Ordinal))
            ?? TakeBound(written, isDatagram);
    }

    /// <summary>The socket of the admin server; null: there is none.</summary>
    internal OpenSocket? TakeAdmin(BindAddress written)
    {
        string name = AdminName(written);
        IReadOnlyList<OpenSocket>? sockets = TakeFirst(entry => entry.Name == name) ?? TakeBound(written, isDatagram: false);
        foreach (OpenSocket more in sockets?.Skip(1) ?? [])
        {
            more.Close();
        }

        return sockets?[0];
    }

    /// <summary>Closes what nobody took.</summary>
    /// <returns>What that was, an address each.</returns>
    internal IReadOnlyList<string> CloseRest()
    {
        OpenSocket[] rest = [.. _entries.SelectMany(entry => entry.Sockets)];
        _entries.Clear();
        foreach (OpenSocket socket in rest)
        {
            socket.Close();
        }

        return [.. rest.Select(socket => $"{socket.Address}{(socket.IsDatagram ? " (UDP)" : "")}").Distinct(StringComparer.Ordinal)];
    }

    private static string KindOf(bool isDatagram) => isDatagram ? "udp" : "stream";

    private IReadOnlyList<OpenSocket>? TakeFirst(Predicate<(string Name, IReadOnlyList<OpenSocket> Sockets)> isWanted)
    {
        int index = _entries.FindIndex(isWanted);
        if (index < 0)
        {
            return null;
        }

        IReadOnlyList<OpenSocket> sockets = _entries[index].Sockets;
        Taken.Add(_entries[index].Name);
        _entries.RemoveAt(index);
        return sockets;
    }

    private List<OpenSocket>? TakeBound(BindAddress written, bool isDatagram)
    {
        SocketAddress address = written.ToSocketAddress();
        var found = new List<OpenSocket>();
        while (TakeFirst(entry => entry.Sockets.All(socket => socket.IsDatagram == isDatagram && socket.Address.Equals(address))) is { } sockets)
        {
            found.AddRange(sockets);
        }

        return found.Count > 0 ? found : null;
    }
}
