using Atlas.Core.Balancing;

namespace Atlas.Core.Simulation;

/// <summary>Collects what a <see cref="PoolSimulation"/> sees.</summary>
internal sealed class PoolMeasures(PoolScenario scenario)
{
    private readonly List<long> _latenciesUs = [];
    private readonly int[] _picks = new int[scenario.Servers.Count];
    private int _failed;
    private int _maxQueue;
    private double _imbalances;
    private int _samples;

    public void Picked(int server, long arrivedUs) => _picks[server] += Counts(arrivedUs) ? 1 : 0;

    public void Queued(int waiting) => _maxQueue = Math.Max(_maxQueue, waiting);

    public void Answered(long arrivedUs, long nowUs)
    {
        if (Counts(arrivedUs))
        {
            _latenciesUs.Add(nowUs - arrivedUs);
        }
    }

    public void Failed(long arrivedUs) => _failed += Counts(arrivedUs) ? 1 : 0;

    public void Sample(ReadOnlySpan<BalancedServer> servers, long nowUs)
    {
        double sum = 0;
        double most = 0;
        foreach (BalancedServer server in servers)
        {
            double load = (double)server.Active / server.Weight;
            sum += load;
            most = Math.Max(most, load);
        }

        if (Counts(nowUs) && sum > 0)
        {
            _imbalances += most * servers.Length / sum;
            _samples++;
        }
    }

    public PoolOutcome Outcome()
    {
        _latenciesUs.Sort();
        return new PoolOutcome
        {
            P50Us = Percentile(50),
            P99Us = Percentile(99),
            MaxQueue = _maxQueue,
            Imbalance = _samples == 0 ? 1 : _imbalances / _samples,
            FailedShare = (double)_failed / Math.Max(_failed + _latenciesUs.Count, 1),
            Picks = _picks,
        };
    }

    private bool Counts(long timeUs) => timeUs / 1_000 >= scenario.CountFromMs && timeUs / 1_000 < scenario.CountToMs;

    private long Percentile(int percent) => _latenciesUs.Count == 0 ? 0 : _latenciesUs[(int)((long)(_latenciesUs.Count - 1) * percent / 100)];
}
