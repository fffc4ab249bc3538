using Atlas.Core.Configuration;
using Atlas.Engine.Handover;
using Atlas.Engine.Workers;
using Atlas.Proxy.Snapshots;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Running.Listeners;

/// <summary>A listener that takes traffic: what stays the same while its configuration changes, for one kind of traffic. One
/// thread at a time.</summary>
internal abstract class RunningListener
{
    /// <summary>What the configuration says at present.</summary>
    internal required ListenerConfig Config { get; set; }

    /// <summary>Each address as it is written, and as it is bound.</summary>
    internal IReadOnlyList<(BindAddress Written, IBoundAddress Bound)> Addresses { get; set; } = [];

    internal string Name => Config.Name;

    /// <summary>What status and the lines of the start call what it speaks.</summary>
    internal abstract string Protocol { get; }

    /// <summary>The same with what it goes over: <c>https</c> and <c>tcp with TLS</c> where TLS of clients ends here.</summary>
    internal string Spoken => Config.Tls is null ? Protocol : Protocol == "http" ? "https" : $"{Protocol} with TLS";

    /// <summary>What moves its traffic, where that is not Atlas itself.</summary>
    internal virtual string? Mode => null;

    /// <summary>Connections, or sessions, that are open. Any thread.</summary>
    internal abstract int Connections { get; }

    /// <summary>The most of them. Any thread.</summary>
    internal abstract int MaxConnections { get; }

    /// <summary>Times that taking connections paused for want of descriptors or memory. Any thread.</summary>
    internal abstract long AcceptErrors { get; }

    /// <summary>Whether it can go on as what a configuration says, or another one has to take its place.</summary>
    internal abstract bool CanBecome(ListenerSnapshot snapshot);

    /// <summary>Clients of WebSocket connections that were told to go.</summary>
    internal virtual long WebSocketsTold => 0;

    /// <summary>Takes traffic on an address.</summary>
    /// <param name="workers">Who listens.</param>
    /// <param name="address">Where.</param>
    /// <param name="takesOver">Whether a listener for connections has the address until this one is there.</param>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    internal abstract IBoundAddress Bind(WorkerGroup workers, SocketAddress address, bool takesOver);

    /// <summary>Whether its sockets receive datagrams, and do not accept connections; null: it has none.</summary>
    internal virtual bool? HasDatagrams => null;

    /// <summary>Takes traffic on an address whose sockets are bound already. Only for those that have sockets.</summary>
    /// <param name="workers">Who listens.</param>
    /// <param name="sockets">The sockets, which are the address's from here on.</param>
    /// <param name="isHeld">Whether it takes nothing before it is told to.</param>
    /// <exception cref="IOException">It cannot; the message says why.</exception>
    internal virtual IBoundAddress Take(WorkerGroup workers, IReadOnlyList<OpenSocket> sockets, bool isHeld) =>
        throw new NotSupportedException($"listener {Name} has no sockets");

    /// <summary>Goes by another configuration from now on.</summary>
    internal virtual void Adopt(ListenerConfig config, ListenerSnapshot snapshot) => Config = config;

    /// <summary>Leaves clients that want to connect from now on without an answer, so that they ask again, when another host may have
    /// the address. For good.</summary>
    internal void HoldOff() => Each(bound => (bound as BoundAddress)?.HoldOff());

    /// <summary>Begins to end what is open, in order.</summary>
    /// <param name="closeSpreadMs">Milliseconds over which idle connections end, each at a moment of chance.</param>
    internal abstract void Drain(int closeSpreadMs);

    /// <summary>Tells clients of WebSocket connections to go.</summary>
    internal virtual void CloseWebSockets()
    {
    }

    /// <summary>Ends what is left at once.</summary>
    /// <param name="tunnels">Whether that includes what passes bytes unread.</param>
    internal abstract void Abort(bool tunnels);

    /// <summary>Ends the connections to some of its addresses at once.</summary>
    /// <param name="isAt">Which, by the address that the client connected to.</param>
    internal virtual void Abort(Predicate<SocketAddress> isAt)
    {
    }

    /// <summary>A line for each address.</summary>
    internal IEnumerable<string> Describe() =>
        Addresses.Select(address => $"listener {Name}: {Spoken} on {address.Bound.Address}{(Mode is null ? "" : $", mode {Mode}")}");

    /// <summary>Does something with all addresses.</summary>
    internal void Each(Action<IBoundAddress> action)
    {
        foreach ((_, IBoundAddress bound) in Addresses)
        {
            action(bound);
        }
    }
}
