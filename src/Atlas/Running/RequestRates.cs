using Atlas.Proxy.Snapshots;

namespace Atlas.Running;

/// <summary>How many requests per second each server got of late: looks at the counters once a second and remembers a few
/// seconds. Any thread.</summary>
internal sealed class RequestRates : IDisposable
{
    private const int SampleMs = 1_000;

    // Long enough to be calm, short enough to follow what an operator does.
    private const int Samples = 6;

    private readonly Func<ProxySnapshot> _snapshot;
    private readonly Timer _timer;
    private readonly Lock _gate = new();
    private Dictionary<ServerState, Queue<(long AtMs, long Attempts)>> _samples = [];

    /// <summary>Begins to look.</summary>
    /// <param name="snapshot">Gives the servers of the moment.</param>
    internal RequestRates(Func<ProxySnapshot> snapshot)
    {
        _snapshot = snapshot;
        _timer = new Timer(_ => Look(), null, SampleMs, SampleMs);
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Requests per second; null: it is not known yet.</summary>
    internal double? Of(ServerState server)
    {
        lock (_gate)
        {
            if (!_samples.TryGetValue(server, out var samples) || samples.Count < 2)
            {
                return null;
            }

            (long AtMs, long Attempts) first = samples.Peek();
            (long AtMs, long Attempts) last = samples.Last();
            return Math.Round((last.Attempts - first.Attempts) * 1e3 / Math.Max(last.AtMs - first.AtMs, 1), 1);
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            long nowMs = Environment.TickCount64;
            var next = new Dictionary<ServerState, Queue<(long, long)>>();
            foreach (PoolSnapshot pool in _snapshot().Pools)
            {
                // Servers past the bound of metrics share one number, which is nobody's.
                foreach (ServerState server in pool.Servers.Where(server => server.Metrics?.Pool == pool.Name))
                {
                    Queue<(long, long)> samples = _samples.GetValueOrDefault(server) ?? new Queue<(long, long)>(Samples + 1);
                    samples.Enqueue((nowMs, server.Metrics!.Attempts));
                    if (samples.Count > Samples)
                    {
                        samples.Dequeue();
                    }

                    next.Add(server, samples);
                }
            }

            _samples = next;
        }
    }
}
