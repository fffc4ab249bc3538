using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>
/// What goes through unread must not come back: a datagram would go round for ever, and a connection until none is left. Servers
/// that are written by address are compared with what listeners of the same file bind; requests know by <c>Via</c> where they were,
/// and a listener that chooses by SNI sends on only what has the right name.
/// </summary>
internal static class LoopRules
{
    /// <summary>A way from a listener to another one: a server of its pool is where the other one listens.</summary>
    private sealed record Way(ListenerConfig To, ServerConfig Server);

    /// <summary>Adds an error for each listener from which a way leads back to it. O(listeners² · servers) at most, where all of
    /// them lead to each other.</summary>
    public static void Check(AtlasConfig config, Findings findings)
    {
        ListenerConfig[] unread = [.. config.Listeners.Where(IsUnread)];
        var bound = new Dictionary<(ListenerProtocol Protocol, int Port), List<ListenerConfig>>();
        foreach (ListenerConfig listener in unread)
        {
            foreach (int port in listener.Bind.Where(bind => bind.Ip is not null && bind.Port > 0).Select(bind => bind.Port).Distinct())
            {
                if (!bound.TryGetValue((listener.Protocol, port), out List<ListenerConfig>? same))
                {
                    bound[(listener.Protocol, port)] = same = [];
                }

                same.Add(listener);
            }
        }

        var ways = unread.ToDictionary(
            listener => listener, listener => WaysOf(listener, config, bound), ReferenceEqualityComparer.Instance as IEqualityComparer<ListenerConfig>);
        foreach (ListenerConfig listener in unread)
        {
            if (FindBack(listener, ways) is { } way)
            {
                string where = ReferenceEquals(way.To, listener)
                    ? $"listener '{listener.Name}', which sends to it, listens itself"
                    : $"listener '{way.To.Name}' listens, and what listener '{listener.Name}' sends there comes back to it";
                findings.Add(way.Server, "address", $"'{way.Server.Address}' is where {where}: it would go round without end; name the server");
            }
        }
    }

    private static bool IsUnread(ListenerConfig listener) =>
        listener is { Protocol: ListenerProtocol.Tcp or ListenerProtocol.Udp, Mode: ListenerMode.User, Sni: null };

    private static List<Way> WaysOf(
        ListenerConfig listener, AtlasConfig config, Dictionary<(ListenerProtocol Protocol, int Port), List<ListenerConfig>> bound)
    {
        var ways = new List<Way>();
        foreach (ServerConfig server in PoolNames.Of(listener).Select(config.FindPool).OfType<PoolConfig>().SelectMany(pool => pool.Servers))
        {
            if (server.Address is { Ip: { } ip, Port: int port } && bound.TryGetValue((listener.Protocol, port), out List<ListenerConfig>? there))
            {
                ways.AddRange(there.Where(to => to.Bind.Any(bind => IsAt(bind, ip, port))).Select(to => new Way(to, server)));
            }
        }

        return ways;
    }

    // Which other addresses this machine has is not the file's to know.
    private static bool IsAt(BindAddress bind, IPAddress ip, int port) =>
        bind.Port == port && bind.Ip is { } bound && bound.AddressFamily == ip.AddressFamily
            && (bound.Equals(ip) || (BindAddress.IsAny(bound) && (IPAddress.IsLoopback(ip) || BindAddress.IsAny(ip))));

    /// <summary>The first step of a way from a listener to itself; null: there is none.</summary>
    private static Way? FindBack(ListenerConfig from, Dictionary<ListenerConfig, List<Way>> ways)
    {
        foreach (Way first in ways[from])
        {
            var seen = new HashSet<ListenerConfig>(ReferenceEqualityComparer.Instance);
            var open = new Stack<ListenerConfig>([first.To]);
            while (open.TryPop(out ListenerConfig? next))
            {
                if (ReferenceEquals(next, from))
                {
                    return first;
                }

                if (seen.Add(next))
                {
                    ways[next].ForEach(way => open.Push(way.To));
                }
            }
        }

        return null;
    }
}
