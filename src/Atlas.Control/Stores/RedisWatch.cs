using Atlas.Control.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.Stores;

/// <summary>Keeps finding out which servers of Redis a store is on, by its sentinels or by the servers of its cluster, until it is disposed
/// of. One question at a time.</summary>
/// <param name="config">The store, which has sentinels or a cluster.</param>
/// <param name="password">What is asked for by those who are asked, sentinels or servers of the cluster; empty: nothing is.</param>
/// <param name="tls">How to shake hands with them at this moment; null: they are spoken to in plain text.</param>
/// <param name="changed">Takes what is found, each time that it is otherwise than before. Not called twice at once.</param>
public sealed class RedisWatch(StoreConfig config, ReadOnlyMemory<byte> password, Func<ProbeTls?> tls, Action<RedisServers> changed) : IDisposable
{
    // How often is asked. Sentinels themselves look each second.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // The shortest time between two questions, however often workers ask for one.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _sooner = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<ServerAddress> _order = [.. config.Sentinels, .. config.Cluster];
    private RedisServers? _known;

    private bool IsCluster => config.Cluster.Count > 0;

    private string Kind => IsCluster ? "server" : "sentinel";

    /// <summary>Begins.</summary>
    public void Start() => _ = Task.Run(RunAsync);

    /// <summary>Asks soon: somebody found that a server is not what it was. Any thread.</summary>
    public void Hurry() => Volatile.Read(ref _sooner).TrySetResult();

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        // The token is left to the garbage: the loop may still wait by it.
        _stop.Cancel();
        Hurry();
    }

    /// <summary>Asks one after the other until one knows.</summary>
    internal async Task<RedisServers> AskAsync(CancellationToken stop)
    {
        // Sentinels have users of their own, and are not told what is the servers'.
        var query = new RedisQuery
        {
            User = IsCluster ? config.User : config.SentinelUser,
            Password = password,
            Tls = tls(),
            ServerName = config.Tls?.ServerName,
        };
        string problem = "";
        foreach (ServerAddress asked in _order.ToArray())
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            limit.CancelAfter(AnswerLimit);
            try
            {
                if (await AskAsync(query, asked, limit.Token).ConfigureAwait(false) is { } servers)
                {
                    // The next question goes to who knew.
                    _order = [asked, .. KnownOf(servers).Where(other => other != asked)];
                    return servers;
                }

                problem = IsCluster ? $"{asked} tells no slots of a cluster" : $"sentinel {asked} knows no master of the name '{config.Master}'";
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                problem = $"{Kind} {asked} does not answer within {AnswerLimit.TotalMilliseconds} ms";
            }
            catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
            {
                // Whatever it is, it must not end the watch.
                problem = $"{Kind} {asked}: {e.Message.ReplaceLineEndings(" ")}";
            }
        }

        return RedisServers.Unknown(problem);
    }

    // A cluster may have moved away from all servers that were written, so that those that it has now are asked as well.
    private IEnumerable<ServerAddress> KnownOf(RedisServers servers) =>
        IsCluster ? servers.Servers.Concat(config.Cluster).Distinct() : _order;

    private async Task<RedisServers?> AskAsync(RedisQuery query, ServerAddress asked, CancellationToken stop)
    {
        if (IsCluster)
        {
            byte[] slots = await query.AskAsync(asked, ["CLUSTER", "SLOTS"], stop).ConfigureAwait(false);
            return RedisReplies.ClusterOf(slots, asked) is { Servers.Count: > 0 } cluster ? cluster : null;
        }

        byte[] reply = await query.AskAsync(asked, ["SENTINEL", "get-master-addr-by-name", config.Master!], stop).ConfigureAwait(false);
        return RedisReplies.MasterOf(reply) is { } master ? new RedisServers([master], []) : null;
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var sooner = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                bool isHurried = Interlocked.Exchange(ref _sooner, sooner).Task.IsCompleted;
                RedisServers found = await AskAsync(_stop.Token).ConfigureAwait(false);
                _stop.Token.ThrowIfCancellationRequested();

                if (isHurried && found.Servers.Count > 0 && found.Equals(_known))
                {
                    // Who says that nothing has changed may be cut off from those who know that it has.
                    _order = [.. _order.Skip(1), _order[0]];
                }

                // What was known before is better than nothing.
                if (!found.Equals(_known) && (found.Servers.Count > 0 || _known is not { Servers.Count: > 0 }))
                {
                    _known = found;
                    changed(found);
                }

                await Task.Delay(Rest, _stop.Token).ConfigureAwait(false);
                await Task.WhenAny(Task.Delay(Interval - Rest, _stop.Token), _sooner.Task).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody wants to know any more.
        }
    }
}
