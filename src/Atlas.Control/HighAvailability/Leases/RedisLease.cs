using System.Globalization;
using System.Text;
using Atlas.Control.Stores;
using Atlas.Protocols.Resp;

namespace Atlas.Control.HighAvailability.Leases;

/// <summary>A lease that one of several nodes has at a time, kept in Redis: a key whose value is the name of the node, and which ends by
/// itself (redis.io/docs/latest/commands/set, PX). One caller at a time.</summary>
public sealed class RedisLease
{
    // How long a connection is used: the server's name may stand for another address by then.
    private const int MaxAgeMs = 60_000;

    // Who has it: nobody, this node, or whoever had it in the way of one that takes it all the same.
    private const string Claim = """
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] and ARGV[3] == '0' then return holder end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return ARGV[1]
        """;

    private const string Drop = """
        if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
        return 0
        """;

    private readonly Func<LeaseServer?> _server;
    private readonly string _key;
    private readonly Func<string> _node;
    private readonly string _lifetimeMs;
    private readonly TimeSpan _limit;

    // Kept while one question follows the other: a handshake takes as long as several of them.
    private RedisConnection? _connection;
    private LeaseServer? _connectedTo;
    private long _connectedAtMs;

    /// <summary>A lease that this node does not have yet.</summary>
    /// <param name="server">The server at this moment; null: none is known.</param>
    /// <param name="key">Its key, the same for all nodes.</param>
    /// <param name="node">This node's name at the moment.</param>
    /// <param name="lifetime">For how long it is held without a word.</param>
    /// <param name="limit">How long the store has for an answer.</param>
    public RedisLease(Func<LeaseServer?> server, string key, Func<string> node, TimeSpan lifetime, TimeSpan limit)
    {
        _server = server;
        _key = key;
        _node = node;
        _lifetimeMs = ((long)lifetime.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        _limit = limit;
    }

    /// <summary>Takes it for its lifetime from now on, or again, unless another node has it.</summary>
    /// <param name="seizes">Whether it is taken from another node, too.</param>
    /// <returns>Who has it now.</returns>
    public async Task<LeaseAnswer> ClaimAsync(bool seizes)
    {
        string node = _node();
        (byte[]? reply, string problem) = await AskAsync(["EVAL", Claim, "1", _key, node, _lifetimeMs, seizes ? "1" : "0"]).ConfigureAwait(false);
        return reply is null ? new LeaseAnswer(false, Problem: problem)
            : HolderOf(reply) is { Length: > 0 } holder ? new LeaseAnswer(holder == node, holder == node ? "" : holder)
            : new LeaseAnswer(false, Problem: "it answers what is no name of a node");
    }

    /// <summary>Lets go of it if this node has it. Where the store does not answer, it ends by itself.</summary>
    public Task DropAsync() => AskAsync(["EVAL", Drop, "1", _key, _node()]);

    /// <summary>Closes the connection. The lease stays what it is; the next question opens another one.</summary>
    public void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private static string? HolderOf(byte[] reply)
    {
        var reader = new RespReader(reply);
        return reader.TryReadBulk(out ReadOnlySpan<byte> holder) ? Encoding.UTF8.GetString(holder) : null;
    }

    private async Task<(byte[]? Reply, string Problem)> AskAsync(string[] command)
    {
        if (_server() is not { } server)
        {
            Close();
            return (null, "its server is not known");
        }

        using var limit = new CancellationTokenSource(_limit);
        try
        {
            return (await AskAsync(server, command, limit.Token).ConfigureAwait(false), "");
        }
        catch (OperationCanceledException)
        {
            Close();
            return (null, $"{server.Address} does not answer within {_limit.TotalMilliseconds} ms");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever it is, who asks goes on without the lease.
            Close();
            return (null, $"{server.Address}: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task<byte[]> AskAsync(LeaseServer server, string[] command, CancellationToken cancellation)
    {
        if (_connection is not null && _connectedTo == server && Environment.TickCount64 - _connectedAtMs < MaxAgeMs)
        {
            try
            {
                return await _connection.AskAsync(command, cancellation).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The server may have been started anew. What is asked may be asked twice.
            }
        }

        Close();
        var query = new RedisQuery
        {
            User = server.User,
            Password = server.Password,
            Database = server.Database,
            Tls = server.Tls,
            ServerName = server.ServerName,
        };
        _connection = await query.OpenAsync(server.Address, cancellation).ConfigureAwait(false);
        _connectedTo = server;
        _connectedAtMs = Environment.TickCount64;
        return await _connection.AskAsync(command, cancellation).ConfigureAwait(false);
    }
}
