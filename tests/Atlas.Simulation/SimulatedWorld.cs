using Atlas.Engine.Streams;
using Atlas.Engine.Workers;

namespace Atlas.Simulation;

/// <summary>A network, a clock and loops, all on the caller's thread. The same seed gives the same run, to the byte and the
/// millisecond. The clock moves only when nothing is left to do at its time, so hours pass at once.</summary>
public sealed class SimulatedWorld
{
    // Far more than any test needs: a run that reaches it is going in circles.
    private const int MaxTurnsPerMs = 200_000;

    private readonly PriorityQueue<Action, (long AtMs, int Order, long Sequence)> _events = new();
    private readonly List<SimulatedLoop> _loops = [];
    private readonly List<SimulatedStream> _streams = [];
    private readonly Dictionary<SocketAddress, SimulatedListener> _listeners = [];
    private readonly List<Action> _turn = [];
    private readonly Random _random;
    private long _sequence;
    private int _turnsAtThisMs;

    /// <summary>Makes an empty world.</summary>
    /// <param name="seed">Gives the order of what happens at the same time, the delays, the splits, and chance on the
    /// loops.</param>
    /// <param name="options">How rough the network is.</param>
    public SimulatedWorld(int seed, SimulationOptions? options = null)
    {
        Seed = seed;
        Options = options ?? SimulationOptions.Rough;
        _random = new Random(seed);
        StartMs = 1_000_000 + _random.Next(1_000_000);
        NowMs = StartMs;
        TurnMs = StartMs;
    }

    /// <summary>What repeats this run.</summary>
    public int Seed { get; }

    /// <summary>How rough the network is. May be changed between steps.</summary>
    public SimulationOptions Options { get; set; }

    /// <summary>The time in milliseconds.</summary>
    public long NowMs { get; private set; }

    /// <summary>The time at which the turn at hand began, which loops go by.</summary>
    public long TurnMs { get; private set; }

    /// <summary>The time at which the world began.</summary>
    public long StartMs { get; }

    /// <summary>Milliseconds since the world began.</summary>
    public long ElapsedMs => NowMs - StartMs;

    /// <summary>Streams that were made and not closed by their owner.</summary>
    public IEnumerable<SimulatedStream> OpenStreams => _streams.Where(stream => !stream.IsClosed);

    /// <summary>Makes a loop that lives in this world.</summary>
    /// <param name="bufferLimitBytes">The upper bound of its buffers.</param>
    public SimulatedLoop AddLoop(long bufferLimitBytes = 1L << 30)
    {
        var loop = new SimulatedLoop(this, bufferLimitBytes);
        _loops.Add(loop);
        return loop;
    }

    /// <summary>Listens on an address: connections to it are accepted by a loop after a short time.</summary>
    public SimulatedListener Listen(SocketAddress address, SimulatedLoop loop, IConnectionHandler handler)
    {
        var listener = new SimulatedListener(this, address, loop, handler);
        if (!_listeners.TryAdd(address, listener))
        {
            throw Failure($"two listeners on {address}");
        }

        return listener;
    }

    /// <summary>Makes two streams that are connected to each other.</summary>
    public (SimulatedStream Near, SimulatedStream Far) Connect(SimulatedLoop near, SimulatedLoop far)
    {
        var up = new SimulatedPipe(this);
        var down = new SimulatedPipe(this);
        var a = new SimulatedStream(near, incoming: down, outgoing: up);
        var b = new SimulatedStream(far, incoming: up, outgoing: down);
        _streams.Add(a);
        _streams.Add(b);
        return (a, b);
    }

    /// <summary>Does what is to be done until <paramref name="isDone"/>.</summary>
    /// <param name="isDone">Asked before each turn.</param>
    /// <param name="maxMs">The longest simulated time.</param>
    /// <exception cref="SimulationException">Nothing is left to do before it is done (a lost wake-up), or the time is
    /// up.</exception>
    public void Run(Func<bool> isDone, long maxMs = 24 * 3_600_000)
    {
        long endMs = NowMs + maxMs;
        while (!isDone())
        {
            if (!Step(endMs))
            {
                throw Failure(NextMs() == long.MaxValue
                    ? "nothing is left to do and the run has not ended: a lost wake-up"
                    : $"the run has not ended after {maxMs} ms");
            }
        }
    }

    /// <summary>Does all that happens in a span of time, which then has passed.</summary>
    public void RunFor(long milliseconds)
    {
        long endMs = NowMs + milliseconds;
        while (Step(endMs))
        {
            // Until nothing is left before the end.
        }

        NowMs = Math.Max(NowMs, endMs);
        TurnMs = NowMs;
    }

    /// <summary>Has the turn at hand take a time: all else that is due meanwhile comes in the next one.</summary>
    public void Spend(long milliseconds) => NowMs += milliseconds;

    /// <summary>Checks that nothing was left behind: all streams are closed, all buffers given back.</summary>
    /// <exception cref="SimulationException">Something was.</exception>
    public void AssertClean()
    {
        int open = OpenStreams.Count();
        int lent = _loops.Sum(loop => loop.Buffers.Lent);
        if (open > 0 || lent > 0)
        {
            throw Failure($"{open} streams were not closed and {lent} buffers not given back");
        }
    }

    /// <summary>An error that says how to repeat the run.</summary>
    public SimulationException Failure(string what) => new($"seed {Seed}, after {ElapsedMs} ms: {what}");

    /// <summary>Lets something happen after a time; at the same time, the seed gives the order.</summary>
    public void After(long delayMs, Action action) =>
        _events.Enqueue(action, (NowMs + delayMs, _random.Next(), _sequence++));

    /// <summary>Lets something happen at a time, after what was put there before with the same <paramref name="order"/>.</summary>
    internal void At(long atMs, int order, Action action) => _events.Enqueue(action, (atMs, order, _sequence++));

    internal long NextMs()
    {
        long nextMs = _events.TryPeek(out _, out (long AtMs, int Order, long Sequence) at) ? at.AtMs : long.MaxValue;
        foreach (SimulatedLoop loop in _loops)
        {
            nextMs = Math.Min(nextMs, loop.HasWork ? NowMs : loop.Timers.NextMs());
        }

        return nextMs == long.MaxValue ? nextMs : Math.Max(nextMs, NowMs);
    }

    internal int Delay() => Options.MaxDelayMs == 0 ? 0 : _random.Next(Options.MaxDelayMs + 1);

    internal int Order() => _random.Next();

    /// <summary>A source of chance of its own for each loop, which leaves the network's as it is.</summary>
    internal Random NewRandom() => new(unchecked((Seed * 397) + _loops.Count));

    /// <summary>How much of a transfer happens: all of it, or a piece.</summary>
    internal int Cut(int length) => length > 1 && _random.Next(100) < Options.SplitPercent
        ? 1 + _random.Next(Math.Min(length, Options.MaxPiece))
        : length;

    internal SimulatedListener? ListenerAt(SocketAddress address) => _listeners.GetValueOrDefault(address);

    internal void Forget(SimulatedListener listener) => _listeners.Remove(listener.Address);

    private bool Step(long endMs)
    {
        long nextMs = NextMs();
        if (nextMs > endMs || nextMs == long.MaxValue)
        {
            return false;
        }

        CountTurn(nextMs);
        NowMs = nextMs;
        TurnMs = nextMs;

        // What these bring about comes in a later turn, after the loops have had theirs: as with the kernel, nothing that
        // happens because of an event is among the events at hand.
        while (_events.TryPeek(out _, out (long AtMs, int Order, long Sequence) at) && at.AtMs <= NowMs)
        {
            _turn.Add(_events.Dequeue());
        }

        _turn.ForEach(action => action());
        _turn.Clear();

        foreach (SimulatedLoop loop in _loops)
        {
            loop.RunTurn();
        }

        TurnMs = NowMs;
        return true;
    }

    private void CountTurn(long nextMs)
    {
        _turnsAtThisMs = nextMs == NowMs ? _turnsAtThisMs + 1 : 0;
        if (_turnsAtThisMs > MaxTurnsPerMs)
        {
            throw Failure("time stands still: something goes in circles");
        }
    }
}
