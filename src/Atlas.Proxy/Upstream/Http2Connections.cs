using System.Diagnostics.CodeAnalysis;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Workers;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Http2;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Upstream;

/// <summary>One worker's connections of HTTP/2 to one server. Requests fill one connection before the next is made; those that come
/// while one is being made wait for it. For one worker's thread.</summary>
internal sealed class Http2Connections(ServerConnections owner, Http2Memory memory)
{
    // Connections that a request has made in vain, as far as it is concerned: the server took none of it.
    private const int MaxDials = 4;

    // The newest last: it is the first to be used, so that older ones come to their end.
    private readonly List<Http2Upstream> _connections = [];
    private readonly List<Http2Waiter> _waiters = [];
    private ByteStream? _spare;
    private int _opening;

    // Requests that the server takes on a connection, as it was seen last.
    private int _room = int.MaxValue;

    /// <summary>What it is a part of.</summary>
    internal ServerConnections Owner => owner;

    /// <summary>Whether the server was last found to agree on HTTP/1.1, where both are offered.</summary>
    internal bool IsHttp1 { get; private set; }

    /// <summary>Begins a request on a connection with room, and makes one where there is none.</summary>
    /// <param name="waiter">The request's, waiting for nothing.</param>
    /// <param name="server">The server.</param>
    /// <param name="pool">Its pool.</param>
    /// <param name="deadlineMs">The loop's time until which a connection may be made.</param>
    /// <param name="isFresh">Whether to begin on a new connection.</param>
    /// <returns>The request's stream, which ends with <see cref="Http2Request.End"/>; null: the waiter's failure says why, or the
    /// wait was cancelled, or <see cref="IsHttp1"/>.</returns>
    internal async ResultFlow<Http2Request?> OpenAsync(
        Http2Waiter waiter, ServerState server, PoolSnapshot pool, long deadlineMs, bool isFresh)
    {
        int dials = 0;
        waiter.Failure = default;
        while (true)
        {
            if (!isFresh && TryBegin(pool, out Http2Request? request))
            {
                return request;
            }

            bool isMaking = _waiters.Count < (long)_opening * Math.Min(pool.MaxStreams, Math.Max(_room, 1)) && !isFresh;
            if (!isMaking && ++dials > MaxDials)
            {
                waiter.Failure = new Dialed(null, ProxyError.UpstreamReset, Detail: "the server takes no requests on its connections");
                return null;
            }

            isFresh = false;
            _waiters.Add(waiter);
            LoopWait wait = waiter.Wait.Begin(deadlineMs);
            if (!isMaking)
            {
                DialAsync(waiter.Loop, server, pool).Detach();
            }

            WaitResult result = await wait;
            if (result != WaitResult.Ready)
            {
                _waiters.Remove(waiter);
                waiter.Failure = result == WaitResult.TimedOut ? new Dialed(null, ProxyError.ConnectTimeout) : default;
                return null;
            }

            if (waiter.HasFailed || IsHttp1)
            {
                return null;
            }
        }
    }

    /// <summary>The connection that was found to speak HTTP/1.1, for the first that asks; null: there is none.</summary>
    internal ByteStream? TakeSpare()
    {
        ByteStream? spare = _spare;
        _spare = null;
        return spare;
    }

    /// <summary>Takes a connection that agreed on HTTP/2.</summary>
    internal void Adopt(ByteStream stream, PoolSnapshot pool, long deadlineMs)
    {
        IsHttp1 = false;
        _opening++;
        Add(stream, pool, deadlineMs);
    }

    /// <summary>A connection has become open.</summary>
    internal void Opened()
    {
        _opening--;
        _room = int.MaxValue;
        Wake(_waiters.Count, default);
    }

    /// <summary>A connection takes no more requests than these.</summary>
    internal void IsFull(int requests) => _room = requests;

    /// <summary>There may be room for another request.</summary>
    internal void HasRoom()
    {
        if (_waiters.Count > 0)
        {
            Wake(1, default);
        }
    }

    /// <summary>A connection has ended.</summary>
    internal void Gone(Http2Upstream connection)
    {
        _connections.Remove(connection);
        if (!connection.IsOpen)
        {
            _opening--;
            Wake(_waiters.Count, new Dialed(null, connection.OpeningError, Detail: connection.OpeningDetail));
        }
    }

    /// <summary>Unused ones became more or fewer.</summary>
    internal void IdleChanged(int count) => owner.Counters.IdleChanged(count);

    /// <summary>How many are unused. O(connections).</summary>
    internal int CountIdle()
    {
        int count = 0;
        foreach (Http2Upstream connection in _connections)
        {
            count += connection.IsIdle ? 1 : 0;
        }

        return count;
    }

    /// <summary>Closes the unused ones, and the others after their requests.</summary>
    internal void Leave()
    {
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            _connections[i].Leave();
        }
    }

    private bool TryBegin(PoolSnapshot pool, [NotNullWhen(true)] out Http2Request? request)
    {
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            // One that is found broken ends, at once or later.
            if (i < _connections.Count && _connections[i].TryBegin(pool, out request))
            {
                return true;
            }
        }

        request = null;
        return false;
    }

    private async Flow DialAsync(EventLoop loop, ServerState server, PoolSnapshot pool)
    {
        _opening++;
        long deadlineMs = loop.NowMs + pool.ConnectMs;
        Dialed dialed = await ServerDialer.DialAsync(loop, server, pool, origin: null, deadlineMs);
        if (dialed.Stream is null)
        {
            _opening--;
            Wake(_waiters.Count, dialed);
            return;
        }

        owner.Counters.Connected();
        if (pool.Protocol == UpstreamProtocol.Auto && !dialed.IsHttp2)
        {
            _opening--;
            IsHttp1 = true;
            _spare?.Close();
            _spare = dialed.Stream;
            Wake(_waiters.Count, default);
            TakeSpare()?.Close();
            return;
        }

        Add(dialed.Stream, pool, deadlineMs);
    }

    private void Add(ByteStream stream, PoolSnapshot pool, long deadlineMs)
    {
        var connection = new Http2Upstream(this, stream, memory, pool, deadlineMs);
        _connections.Add(connection);
        connection.RunAsync().Detach();
    }

    // Who is woken may wait again at once, behind the others.
    private void Wake(int count, in Dialed failure)
    {
        for (; count > 0 && _waiters.Count > 0; count--)
        {
            Http2Waiter waiter = _waiters[0];
            _waiters.RemoveAt(0);
            waiter.Failure = failure;
            waiter.Wait.Resume(WaitResult.Ready);
        }
    }
}
