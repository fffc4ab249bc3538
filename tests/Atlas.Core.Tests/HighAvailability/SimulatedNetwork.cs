using Atlas.Core.HighAvailability;

namespace Atlas.Core.Tests.HighAvailability;

/// <summary>
/// Two to five nodes on a network with delay, loss, parts that cannot hear each other, clocks that drift, and machines that pause
/// and crash. It checks after each event what has to hold always, and at the end what has to hold once faults are over.
/// </summary>
internal sealed class SimulatedNetwork
{
    private static readonly byte[] Addresses = [10, 0, 0, 100];

    private readonly NetworkScenario _scenario;
    private readonly SimulatedNode[] _nodes;
    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly long[,] _bothMasterSince;
    private long _order;
    private long _now;
    private long _disturbedAtUs;
    private long _nextSplitUs;

    public SimulatedNetwork(NetworkScenario scenario)
    {
        _scenario = scenario;
        _nodes = [.. scenario.Settings.Select(s => new SimulatedNode(s, 0.999 + (scenario.Unit() * 0.002), scenario.Below(1_000_000)))];
        _bothMasterSince = new long[_nodes.Length, _nodes.Length];
    }

    /// <summary>How often a node became master.</summary>
    public int Takeovers { get; private set; }

    /// <summary>How often a node gave up after a pause.</summary>
    public long Pauses => _nodes.Sum(n => n.Router.Counters.Pauses);

    /// <summary>How often two masters that hear each other met.</summary>
    public int Meetings { get; private set; }

    /// <summary>How often a master woke to find another one in its place.</summary>
    public int Displaced { get; private set; }

    public void Run()
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            int node = i;
            At(_scenario.Below((int)_scenario.MaxIntervalUs), () => Apply(node, n => n.Router.Start(n.Local(_now))));
        }

        int faults = 3 + _scenario.Below(12);
        for (int i = 0; i < faults; i++)
        {
            At((long)(_scenario.Unit() * _scenario.FaultsEndUs), Disturb);
        }

        At(_scenario.FaultsEndUs, EndFaults);
        while (_events.TryDequeue(out Action? work, out (long At, long Order) key) && key.At <= _scenario.SettledUs)
        {
            _now = key.At;
            work();
            CheckPairs();
        }

        CheckSettled();
    }

    private void At(long trueUs, Action work) => _events.Enqueue(work, (Math.Max(trueUs, _now), _order++));

    private void Disturb()
    {
        int index = _scenario.Below(_nodes.Length);
        SimulatedNode node = _nodes[index];
        int what = _scenario.Below(_scenario.Kind == NetworkKind.OnlySplit ? 2 : 8);
        if (what == 0)
        {
            Split();
            return;
        }

        if (!node.IsUp)
        {
            _disturbedAtUs = _now;
            node.Restart();
            Apply(index, n => n.Router.Start(n.Local(_now)));
            return;
        }

        if (node.IsPaused)
        {
            return;
        }

        if (what is 5 or 6 or 7)
        {
            Pause(index);
            return;
        }

        _disturbedAtUs = _now;
        switch (what)
        {
            case 1:
                ChangePriority(index, _scenario.Below(300) - 10);
                break;
            case 2:
                node.Crash();
                node.Tick++;
                break;
            case 3 when node.Router.State == VirtualRouterState.Initialize:
                Apply(index, n => n.Router.Start(n.Local(_now)));
                break;
            case 3:
                Apply(index, n => n.Router.Stop(n.Local(_now)));
                break;
            case 4 when !node.HasFault:
                Apply(index, n => n.BeginFault(_now));
                break;
            default:
                Apply(index, n => n.EndFault(_now));
                break;
        }
    }

    private void ChangePriority(int index, int priority)
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            _bothMasterSince[i, index] = _bothMasterSince[index, i] = 0;
        }

        Apply(index, n => n.Router.ChangePriority(priority, n.Local(_now)));
    }

    // Without refreshed announcements, hosts of a part learn only what a master there has cause to say. So there the network is
    // whole before it splits again, and has had the time to settle.
    private void Split()
    {
        bool isWhole = _nodes.All(n => n.Part == 0);
        if (_scenario.Kind == NetworkKind.OnlySplit)
        {
            if (_now < _nextSplitUs)
            {
                return;
            }

            _nextSplitUs = _now + _scenario.PreemptDelayUs + (15 * _scenario.MaxIntervalUs);
        }

        _disturbedAtUs = _now;
        foreach (SimulatedNode node in _nodes)
        {
            node.Part = isWhole || _scenario.Kind != NetworkKind.OnlySplit ? _scenario.Below(2) : 0;
        }
    }

    private void Pause(int index)
    {
        SimulatedNode node = _nodes[index];
        node.IsPaused = true;
        node.KeepsInbox = _scenario.Below(2) == 0;
        node.PausedAtUs = _now;
        node.Tick++;
        At(_now + (long)(_scenario.Unit() * 8 * node.Settings.AdvertiseUs), () => Wake(index));
    }

    private void Wake(int index)
    {
        SimulatedNode node = _nodes[index];
        if (!node.IsPaused)
        {
            return;
        }

        node.IsPaused = false;
        node.WokeAtUs = _now;
        bool mustBeSilent = node.IsMaster && OthersTookOverFrom(index);
        bool ticksFirst = _scenario.Below(3) == 0;
        if (ticksFirst)
        {
            Silent(mustBeSilent, Apply(index, n => n.Router.Tick(n.Local(_now))));
        }

        while (node.TryTakeKept(out SimulatedAdvertisement advertisement))
        {
            Silent(mustBeSilent, Hear(index, advertisement));
        }

        VirtualRouterOrders last = Apply(index, n => n.Router.Tick(n.Local(_now)));
        Silent(mustBeSilent && !last.Take, last);
        Displaced += mustBeSilent ? 1 : 0;
    }

    private static void Silent(bool mustBe, in VirtualRouterOrders orders) =>
        Must(!mustBe || (orders.Advertise is null && !orders.Announce), "a woken master sent something though another one had taken over");

    // Whether one of lower priority became master for no other reason than that this one was silent: it has heard the last
    // advertisement before the pause.
    private bool OthersTookOverFrom(int index)
    {
        SimulatedNode woken = _nodes[index];
        long calmSinceUs = woken.PausedAtUs - (2 * _scenario.MaxIntervalUs);
        return _scenario.Loss == 0
            && _scenario.HasOneInterval
            && _disturbedAtUs < calmSinceUs
            && _nodes.Any(n => n != woken && n.Part == woken.Part && n.Acts && n.WokeAtUs < calmSinceUs
                && n.BecameMasterAtUs > woken.PausedAtUs && n.Router.Priority < woken.Router.Priority);
    }

    private void EndFaults()
    {
        _disturbedAtUs = _now;
        _scenario.Loss = 0;
        bool isWhole = _scenario.Below(2) == 0;
        for (int i = 0; i < _nodes.Length; i++)
        {
            SimulatedNode node = _nodes[i];
            if (!node.IsUp)
            {
                node.Restart();
            }

            Wake(i);
            Apply(i, n => n.EndFault(_now));
            Apply(i, n => n.Router.Start(n.Local(_now)));
            if (_scenario.Kind != NetworkKind.OnlySplit || isWhole)
            {
                node.Part = isWhole ? 0 : _scenario.Below(2);
            }
        }
    }

    private VirtualRouterOrders Hear(int index, SimulatedAdvertisement advertisement)
    {
        SimulatedNode node = _nodes[index];
        VirtualRouterOrders orders = Apply(index, n => n.Router.Hear(
            new HeardAdvertisement
            {
                Priority = advertisement.Priority,
                IntervalUs = advertisement.IntervalUs,
                Sender = _nodes[advertisement.Sender].Address,
                Addresses = Addresses,
            },
            n.Local(_now)));
        bool isBetter = IsBetter(advertisement, node);
        Must(!isBetter || !node.IsMaster, "a master stayed one though it heard a better one");
        bool gaveWay = orders.Transition is { Reason: not VirtualRouterReason.Paused };
        Must(isBetter || !gaveWay, "a master gave way to a worse one");
        return orders;
    }

    private bool IsBetter(SimulatedAdvertisement advertisement, SimulatedNode node) =>
        advertisement.Priority > node.Router.Priority
        || (advertisement.Priority == node.Router.Priority
            && _nodes[advertisement.Sender].Address.AsSpan().SequenceCompareTo(node.Address) > 0);

    private VirtualRouterOrders Apply(int index, Func<SimulatedNode, VirtualRouterOrders> input)
    {
        SimulatedNode node = _nodes[index];
        bool wasMaster = node.IsMaster;
        VirtualRouterOrders orders = input(node);
        Must(!orders.Release || node.HoldsAddresses, "a node let go of addresses that it did not have");
        Must(!orders.Take || !node.HoldsAddresses, "a node took addresses that it had");
        Must((orders.Advertise is null && !orders.Announce) || wasMaster || node.IsMaster, "a backup sent something");
        node.HoldsAddresses = (node.HoldsAddresses && !orders.Release) || orders.Take;
        Must(node.HoldsAddresses == node.IsMaster, "a node had the addresses, or had them not, against its state");
        Must(orders.Transition is not null || wasMaster == node.IsMaster, "a change was not told");

        if (orders.Advertise is byte priority)
        {
            Send(index, priority);
        }

        if (orders.Announce)
        {
            Announce(index);
        }

        if (orders.Take)
        {
            node.BecameMasterAtUs = _now;
            Takeovers++;
        }

        PlanTick(index);
        return orders;
    }

    private void PlanTick(int index)
    {
        SimulatedNode node = _nodes[index];
        int tick = ++node.Tick;
        long deadlineUs = node.Router.NextDeadlineUs;
        if (deadlineUs == long.MaxValue)
        {
            return;
        }

        At(node.True(deadlineUs) + (long)(_scenario.Unit() * _scenario.MaxLateUs), () =>
        {
            if (node.Tick == tick)
            {
                Apply(index, n => n.Router.Tick(n.Local(_now)));
            }
        });
    }

    private void Send(int index, byte priority)
    {
        var advertisement = new SimulatedAdvertisement(index, priority, _nodes[index].Settings.AdvertiseUs);
        for (int i = 0; i < _nodes.Length; i++)
        {
            int to = i;
            if (to != index && Arrives(index, to))
            {
                At(_now + Delay(), () => Deliver(to, advertisement));
            }
        }
    }

    private void Deliver(int to, SimulatedAdvertisement advertisement)
    {
        SimulatedNode node = _nodes[to];
        if (node.IsPaused)
        {
            node.Keep(advertisement);
        }
        else if (node.IsUp)
        {
            Hear(to, advertisement);
        }
    }

    private void Announce(int index)
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            SimulatedNode beside = _nodes[i];
            if (Arrives(index, i))
            {
                At(_now + Delay(), () => beside.LearnedMac = index);
            }
        }
    }

    private bool Arrives(int from, int to) => _nodes[from].Part == _nodes[to].Part && _scenario.Unit() >= _scenario.Loss;

    private long Delay() => 1 + (long)(_scenario.Unit() * _scenario.MaxDelayUs);

    private void CheckPairs()
    {
        for (int a = 0; a < _nodes.Length; a++)
        {
            for (int b = 0; b < a; b++)
            {
                if (!_nodes[a].Acts || !_nodes[b].Acts || _nodes[a].Part != _nodes[b].Part)
                {
                    _bothMasterSince[a, b] = 0;
                }
                else if (_bothMasterSince[a, b] == 0)
                {
                    _bothMasterSince[a, b] = _now;
                    Meetings++;
                }

                long since = _bothMasterSince[a, b];
                Must(since == 0 || _now - since <= _scenario.TwoMastersUs, "two masters that hear each other stayed for too long");
            }
        }
    }

    private void CheckSettled()
    {
        foreach (IGrouping<int, SimulatedNode> part in _nodes.GroupBy(n => n.Part))
        {
            SimulatedNode[] masters = [.. part.Where(n => n.IsMaster)];
            Must(masters.Length == 1, $"a part had {masters.Length} masters after all had settled");
            Must(
                !_scenario.IsPreempting || masters[0].Router.Priority == part.Max(n => n.Router.Priority),
                "the master was not of the highest priority");
            int mac = Array.IndexOf(_nodes, masters[0]);
            Must(part.All(n => n.LearnedMac == mac), "a host had learned the MAC address of another node than the master");
        }
    }

    private static void Must(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
