using Atlas.Engine.Workers;
using Atlas.Protocols.Http;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Http;

/// <summary>What the sessions of one worker share: free exchanges, connections to servers, the date. Used on the
/// worker's thread only, but for the counters, which others may read.</summary>
internal sealed class WorkerContext(EventLoop loop)
{
    private readonly Stack<Exchange> _free = new();
    private readonly Dictionary<ServerState, ServerConnections> _connections = [];
    private readonly byte[] _date = new byte[HttpDate.Length];
    private readonly Random _random = new();
    private long _dateSecond = -1;
    private long _requests;

    internal EventLoop Loop { get; } = loop;

    internal SessionList Sessions { get; } = new();

    internal long Requests => Volatile.Read(ref _requests);

    /// <summary>A random number of milliseconds, as many below 0 as above.</summary>
    internal int Jitter(int ms) => _random.Next(-ms, ms + 1);

    internal void CountRequest() => Volatile.Write(ref _requests, _requests + 1);

    internal Exchange RentExchange() => _free.TryPop(out Exchange? exchange) ? exchange : new Exchange();

    internal void Return(Exchange exchange)
    {
        exchange.Reset();
        _free.Push(exchange);
    }

    internal ServerConnections To(ServerState server)
    {
        if (!_connections.TryGetValue(server, out ServerConnections? connections))
        {
            connections = new ServerConnections(server);
            _connections.Add(server, connections);
        }

        return connections;
    }

    /// <summary>The Date of now, written anew once a second.</summary>
    internal ReadOnlySpan<byte> Date()
    {
        long second = Loop.NowMs / 1000;
        if (second != _dateSecond)
        {
            _dateSecond = second;
            HttpDate.Write(DateTimeOffset.UtcNow.ToUnixTimeSeconds(), _date);
        }

        return _date;
    }

    /// <summary>Closes the unused connections to a server that no snapshot names any more. Those in use close by
    /// themselves, once unused for long enough.</summary>
    internal void Forget(ServerState server)
    {
        if (_connections.Remove(server, out ServerConnections? connections))
        {
            connections.CloseIdle();
        }
    }
}
