using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>Nodes and a network in simulated time, run from a seed: heartbeats are lost, delayed, doubled and overtaken; nodes stop and start
/// again; links break, also one way; and somebody who recorded everything plays it back. What must hold is checked at every step.</summary>
internal sealed class LivenessWorld
{
    private const long StepUs = 10_000;
    private const int MaxRecords = 5_000;

    private static readonly LivenessOptions Options = new();

    private readonly Random _random;
    private readonly Node[] _nodes;
    private readonly bool[,] _broken;
    private readonly List<Sent> _records = [];
    private readonly PriorityQueue<Sent, long> _underWay = new();
    private readonly int _seed;
    private long _nowUs = 1_000_000_000;
    private ulong _boots = 1;

    internal LivenessWorld(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _nodes = [.. Enumerable.Range(0, _random.Next(2, 6)).Select(i => new Node($"n{i}", _random.Next()))];
        _broken = new bool[_nodes.Length, _nodes.Length];
        Array.ForEach(_nodes, Start);
    }

    /// <summary>Checks that found somebody alive, so that a test can see that there was something to check.</summary>
    internal long AliveChecks { get; private set; }

    /// <summary>Records that were played back.</summary>
    internal long Replays { get; private set; }

    /// <summary>Times that a node was found dead.</summary>
    internal long Deaths { get; private set; }

    private sealed class Node(string name, long clockUs)
    {
        internal string Name => name;

        internal long ClockUs => clockUs;

        internal PeerLiveness? Liveness { get; set; }

        internal long LastAliveUs { get; set; }

        internal long NextRoundUs { get; set; }

        internal bool Draining { get; set; }

        // What changed something, of the present boot.
        internal HashSet<PeerMessage> Taken { get; } = new(ReferenceEqualityComparer.Instance);
    }

    private sealed record Sent(int To, PeerMessage Message, long SentUs);

    internal void RunWithFaults(int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            if (_random.Next(40) == 0)
            {
                Disturb();
            }

            Step(lossPercent: 10, maxDelayUs: _random.Next(50) == 0 ? 4_000_000 : 30_000);
        }
    }

    /// <summary>All nodes run and all links work; whoever plays back goes on.</summary>
    internal void Heal(int steps)
    {
        Array.Clear(_broken);
        foreach (Node node in _nodes)
        {
            node.Draining = false;
            if (node.Liveness is null)
            {
                Start(node);
            }
        }

        for (int i = 0; i < steps; i++)
        {
            Step(lossPercent: 0, maxDelayUs: 5_000);
        }
    }

    internal void AllShouldSeeEachOther()
    {
        foreach (Node node in _nodes)
        {
            node.Liveness!.Peers.ShouldAllBe(peer => peer.IsLive, $"seed {_seed}: {node.Name} sees {string.Join(", ", node.Liveness.Peers)}");
        }
    }

    private void Step(int lossPercent, int maxDelayUs)
    {
        _nowUs += StepUs;
        foreach (Node node in _nodes.Where(node => node.Liveness is not null))
        {
            node.LastAliveUs = _nowUs;
            if (_nowUs >= node.NextRoundUs)
            {
                SendRound(node, lossPercent, maxDelayUs);
            }
        }

        PlayBack();
        while (_underWay.TryPeek(out _, out long atUs) && atUs <= _nowUs)
        {
            Deliver(_underWay.Dequeue());
        }

        Array.ForEach(_nodes, Check);
    }

    private void SendRound(Node node, int lossPercent, int maxDelayUs)
    {
        node.NextRoundUs = _nowUs + (Options.IntervalUs * _random.Next(90, 101) / 100);
        long clockUs = _nowUs + node.ClockUs;
        ulong sequence = node.Liveness!.BeginRound(clockUs);
        for (int to = 0; to < _nodes.Length; to++)
        {
            if (_nodes[to] == node)
            {
                continue;
            }

            var sent = new Sent(to, new PeerMessage
            {
                From = node.Name,
                To = _nodes[to].Name,
                Boot = node.Liveness.Boot,
                Sequence = sequence,
                Echo = node.Liveness.Echo(_nodes[to].Name, clockUs),
                WallClockMs = _nowUs / 1_000,
                DataPlane = node.Draining ? DataPlaneState.Draining : DataPlaneState.Serving,
            }, _nowUs);
            _records.Add(sent);
            if (_random.Next(100) < lossPercent || _broken[Array.IndexOf(_nodes, node), to])
            {
                continue;
            }

            for (int copies = _random.Next(20) == 0 ? 2 : 1; copies > 0; copies--)
            {
                _underWay.Enqueue(sent, _nowUs + _random.Next(maxDelayUs));
            }
        }

        if (_records.Count > MaxRecords)
        {
            _records.RemoveRange(0, MaxRecords / 5);
        }
    }

    // To the right node mostly, sometimes to another one.
    private void PlayBack()
    {
        for (int i = _random.Next(4); i > 0 && _records.Count > 0; i--)
        {
            Sent record = _records[_random.Next(_records.Count)];
            Deliver(_random.Next(5) == 0 ? record with { To = _random.Next(_nodes.Length) } : record);
            Replays++;
        }
    }

    private void Deliver(Sent sent)
    {
        Node node = _nodes[sent.To];
        if (node.Liveness is null)
        {
            return;
        }

        bool isForIt = node.Name == sent.Message.To;
        bool isNew = isForIt && !node.Taken.Contains(sent.Message);
        bool canProve = isNew && _nowUs - sent.SentUs < Options.EchoWindowUs;
        long clockUs = _nowUs + node.ClockUs;
        node.Liveness.Advance(clockUs, []);
        PeerStatus[] before = [.. node.Liveness.Peers];
        PeerVerdict verdict = node.Liveness.Receive(sent.Message, clockUs, 0, out _);
        if (node.Liveness.Peers.Any(peer => peer.Name == sent.Message.From && peer.LastHeardUs == clockUs))
        {
            node.Taken.Add(sent.Message);
        }

        if (!canProve)
        {
            verdict.ShouldNotBe(PeerVerdict.Proof, $"seed {_seed}");
            node.Liveness.Peers.Where((peer, i) => peer.State != before[i].State || (peer.IsLive && !before[i].IsLive))
                .ShouldBeEmpty($"seed {_seed}: {sent.Message} as {verdict}");
        }

        // What was kept back until now may be the last word of a node. What was taken already, or is for another, changes nothing at all.
        if (!isNew)
        {
            node.Liveness.Peers.Select(WithoutRumour).ShouldBe(before.Select(WithoutRumour), $"seed {_seed}: {sent.Message} as {verdict}");
        }
    }

    // Of a node that has not proved itself yet, records decide between silence and hearing nothing.
    private static PeerStatus WithoutRumour(PeerStatus status) =>
        status is { State: PeerState.Dead, LastHeardUs: null } ? status with { Reason = PeerReason.Silent } : status;

    private void Check(Node node)
    {
        if (node.Liveness is null)
        {
            return;
        }

        var changes = new List<PeerChange>();
        node.Liveness.Advance(_nowUs + node.ClockUs, changes);
        Deaths += changes.Count(change => change is { From.State: PeerState.Alive, To.State: PeerState.Dead });
        foreach (PeerStatus peer in node.Liveness.Peers.Where(peer => peer.State == PeerState.Alive))
        {
            AliveChecks++;
            Node other = _nodes.First(other => other.Name == peer.Name);
            (_nowUs - other.LastAliveUs).ShouldBeLessThan(Options.EchoWindowUs + StepUs, $"seed {_seed}: {node.Name} calls {peer} alive");
        }
    }

    private void Disturb()
    {
        int one = _random.Next(_nodes.Length);
        int other = _random.Next(_nodes.Length);
        switch (_random.Next(8))
        {
            case 0:
                _nodes[one].Liveness = null;
                break;
            case 1 or 2 when _nodes[one].Liveness is null:
                Start(_nodes[one]);
                break;
            case 3:
                Start(_nodes[one]);
                break;
            case 4:
                _broken[one, other] = true;
                break;
            case 5:
                (_broken[one, other], _broken[other, one]) = (true, true);
                break;
            case 6:
                Array.Clear(_broken);
                break;
            default:
                _nodes[one].Draining = !_nodes[one].Draining;
                break;
        }
    }

    private void Start(Node node)
    {
        node.Taken.Clear();
        node.Liveness = new PeerLiveness(node.Name, _boots++, Options);
        node.Liveness.SetPeers(_nodes.Select(other => other.Name).Where(name => name != node.Name), _nowUs + node.ClockUs);
        node.NextRoundUs = _nowUs;
    }
}
