using Atlas.Core.Balancing;
using Atlas.Core.Configuration;

namespace Atlas.Core.Simulation;

/// <summary>
/// Runs requests against a pool in simulated time, through the balancers that serve real ones: requests come, a server is
/// picked, they wait for one of its slots, are worked on and end. No sockets, no clock, no randomness but from the seed: the
/// same scenario has the same outcome everywhere. One proxy with one worker, which sees all that is under way at once.
/// </summary>
public sealed class PoolSimulation
{
    private const long RefusalUs = 1_000;
    private const long SampleUs = 10_000;
    private const ulong ClientKeys = 7;

    private readonly PoolScenario _scenario;
    private readonly BalancedServer[] _servers;
    private readonly Station[] _stations;
    private readonly PoolBalancer _pool;
    private readonly PoolMeasures _measures;
    private readonly PriorityQueue<Event, (long TimeUs, long Number)> _events = new();
    private readonly double[] _costShares;
    private SimulatedRandom _arrivals;
    private SimulatedRandom _picks;
    private long _nowUs;
    private long _scheduled;
    private int _arrived;
    private int _open;

    private PoolSimulation(PoolScenario scenario)
    {
        _scenario = scenario;
        _servers = [.. scenario.Servers.Select((server, i) => Make(server, i))];
        _stations = [.. scenario.Servers.Select(server => new Station(server))];
        _pool = new PoolBalancer(scenario.Algorithm, _servers, scenario.Options, previous: null, nowMs: 0);
        _measures = new PoolMeasures(scenario);
        _arrivals = new SimulatedRandom(scenario.Seed);
        _picks = new SimulatedRandom(~scenario.Seed);
        double sum = 0;
        _costShares = [.. scenario.Costs.Select(cost => sum += cost.Share)];
    }

    private enum EventKind
    {
        Arrival,
        End,
        Refusal,
        Down,
        Up,
        Sample,
    }

    /// <summary>Runs a scenario to the end of its last request. O(requests × what a pick costs).</summary>
    public static PoolOutcome Run(PoolScenario scenario)
    {
        var simulation = new PoolSimulation(scenario);
        simulation.RunToEnd();
        return simulation._measures.Outcome();
    }

    private static BalancedServer Make(SimulatedServer server, int index)
    {
        var balanced = new BalancedServer($"s{index}");
        balanced.Configure(new ServerConfig { Weight = server.Weight, MaxConnections = server.MaxConnections });
        return balanced;
    }

    private void RunToEnd()
    {
        for (int i = 0; i < _stations.Length; i++)
        {
            SimulatedServer server = _stations[i].Server;
            if (server.FailsToMs > server.FailsFromMs)
            {
                Schedule((server.FailsFromMs + _scenario.DetectionMs) * 1_000, new Event(EventKind.Down, i));
                Schedule((server.FailsToMs + _scenario.DetectionMs) * 1_000, new Event(EventKind.Up, i));
            }
        }

        Schedule(0, new Event(EventKind.Arrival, -1));
        Schedule(SampleUs, new Event(EventKind.Sample, -1));
        while ((_arrived < _scenario.Requests || _open > 0) && _events.TryDequeue(out Event next, out (long TimeUs, long Number) at))
        {
            _nowUs = at.TimeUs;
            Handle(next);
        }
    }

    private void Handle(Event next)
    {
        switch (next.Kind)
        {
            case EventKind.Arrival:
                Arrive();
                break;
            case EventKind.End:
                End(next.Server, next.Request!);
                break;
            case EventKind.Refusal:
                Refuse(next.Server, next.Request!);
                break;
            case EventKind.Down or EventKind.Up:
                _servers[next.Server].IsUp = next.Kind == EventKind.Up;
                _pool.Refresh(_nowUs / 1_000);
                break;
            case EventKind.Sample:
                _measures.Sample(_servers, _nowUs);
                Schedule(_nowUs + SampleUs, next);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(next));
        }
    }

    private void Arrive()
    {
        if (_arrived++ == _scenario.Requests)
        {
            return;
        }

        double cost = _arrivals.Unit() * _costShares[^1];
        int kind = Array.FindIndex(_costShares, share => cost < share);
        int client = _arrivals.Unit() < _scenario.LoudClientShare ? 0 : (int)(_arrivals.Unit() * _scenario.Clients);
        _open++;
        Try(new Request(_nowUs, _scenario.Costs[kind].CostUs, KeyHash.Again(ClientKeys, (uint)client), new int[_scenario.Retries + 1]));
        Schedule(_nowUs + (long)_arrivals.Exponential(1_000_000 / _scenario.RequestsPerSecond), new Event(EventKind.Arrival, -1));
    }

    private void Try(Request request)
    {
        int picked = _pool.Current.Pick(new PickRequest
        {
            Key = request.Key,
            HasKey = true,
            Random = _picks.Next(),
            Excluded = request.Tried.AsSpan(0, request.Tries),
            NowUs = _nowUs,
        });
        if (picked < 0)
        {
            _measures.Failed(request.ArrivedUs);
            _open--;
            return;
        }

        request.BeganUs = _nowUs;
        request.Tried[request.Tries++] = picked;
        _measures.Picked(picked, request.ArrivedUs);
        _servers[picked].Begin();
        Station station = _stations[picked];
        if (station.Server.FailsAt(_nowUs))
        {
            Schedule(_nowUs + RefusalUs, new Event(EventKind.Refusal, picked, request));
        }
        else if (station.Busy < station.Server.Slots)
        {
            Work(picked, request);
        }
        else
        {
            station.Waiting.Enqueue(request);
            _measures.Queued(station.Waiting.Count);
        }
    }

    private void Work(int server, Request request)
    {
        _stations[server].Busy++;
        Schedule(_nowUs + _stations[server].Server.TimeOf(request.CostUs, _nowUs), new Event(EventKind.End, server, request));
    }

    private void End(int server, Request request)
    {
        _servers[server].End();
        _servers[server].Observe(_nowUs - request.BeganUs, _nowUs);
        _measures.Answered(request.ArrivedUs, _nowUs);
        _open--;
        _stations[server].Busy--;
        if (_stations[server].Waiting.TryDequeue(out Request? next))
        {
            Work(server, next);
        }
    }

    private void Refuse(int server, Request request)
    {
        _servers[server].End();
        _servers[server].ObserveFailure(_nowUs);
        if (request.Tries <= _scenario.Retries)
        {
            Try(request);
            return;
        }

        _measures.Failed(request.ArrivedUs);
        _open--;
    }

    private void Schedule(long timeUs, Event what) => _events.Enqueue(what, (timeUs, _scheduled++));

    private readonly record struct Event(EventKind Kind, int Server, Request? Request = null);

    private sealed class Request(long arrivedUs, long costUs, ulong key, int[] tried)
    {
        public long ArrivedUs { get; } = arrivedUs;

        public long CostUs { get; } = costUs;

        public ulong Key { get; } = key;

        public int[] Tried { get; } = tried;

        public int Tries { get; set; }

        public long BeganUs { get; set; }
    }

    private sealed class Station(SimulatedServer server)
    {
        public SimulatedServer Server { get; } = server;

        public Queue<Request> Waiting { get; } = new();

        public int Busy { get; set; }
    }
}
