namespace Atlas.Simulation;

/// <summary>One direction of a connection: bytes on their way, bytes that arrived, and how it ended. Segments keep their
/// order; each takes a time of its own.</summary>
internal sealed class SimulatedPipe(SimulatedWorld world)
{
    private readonly Queue<byte[]> _flying = new();
    private readonly Queue<byte> _arrived = new();
    private long _lastArrivalMs;
    private int _flyingBytes;
    private int _epoch;
    private bool _endSent;

    /// <summary>Who receives.</summary>
    internal SimulatedStream Receiver { get; set; } = null!;

    /// <summary>Who sends.</summary>
    internal SimulatedStream Sender { get; set; } = null!;

    /// <summary>Bytes that may still be sent.</summary>
    internal int Room => Math.Max(world.Options.Window - _flyingBytes - _arrived.Count, 0);

    internal int Arrived => _arrived.Count;

    /// <summary>Bytes on their way.</summary>
    internal int Flying => _flyingBytes;

    /// <summary>The order was that of an end, and it arrived.</summary>
    internal bool EndArrived { get; private set; }

    /// <summary>The receiver learned of a reset.</summary>
    internal bool ResetArrived { get; private set; }

    /// <summary>Nothing moves, as over a cut cable.</summary>
    internal bool IsCut { get; set; }

    internal void Send(ReadOnlySpan<byte> bytes)
    {
        _flyingBytes += bytes.Length;
        while (bytes.Length > 0)
        {
            int piece = world.Cut(bytes.Length);
            _flying.Enqueue(bytes[..piece].ToArray());
            bytes = bytes[piece..];
            Schedule(Arrive);
        }
    }

    internal void SendEnd()
    {
        if (!_endSent)
        {
            _endSent = true;
            Schedule(ArriveEnd);
        }
    }

    /// <summary>What is on its way is lost when the sender aborts, and kept before the reset when its close turned into
    /// one.</summary>
    internal void SendReset(bool loseFlying)
    {
        if (loseFlying)
        {
            _epoch++;
            _flying.Clear();
            _flyingBytes = 0;
        }

        _endSent = true;
        Schedule(ArriveReset);
    }

    internal int Receive(Span<byte> buffer)
    {
        int count = world.Cut(Math.Min(buffer.Length, _arrived.Count));
        for (int i = 0; i < count; i++)
        {
            buffer[i] = _arrived.Dequeue();
        }

        return count;
    }

    private void Schedule(Action arrive)
    {
        int epoch = _epoch;
        _lastArrivalMs = Math.Max(_lastArrivalMs, world.NowMs + world.Delay());

        // One order for the whole pipe keeps its segments in theirs; the sequence decides among them.
        world.At(_lastArrivalMs, RuntimeOrder, () =>
        {
            if (epoch == _epoch && !IsCut)
            {
                arrive();
            }
        });
    }

    private int RuntimeOrder { get; } = world.Order();

    private void Arrive()
    {
        byte[] segment = _flying.Dequeue();
        _flyingBytes -= segment.Length;
        if (Receiver.IsClosed)
        {
            Receiver.AnswerWithReset();
            return;
        }

        foreach (byte one in segment)
        {
            _arrived.Enqueue(one);
        }

        Receiver.OnArrived();
    }

    private void ArriveEnd()
    {
        EndArrived = true;
        Receiver.OnPeerEnded(reset: false);
    }

    private void ArriveReset()
    {
        ResetArrived = true;
        Receiver.OnPeerEnded(reset: true);
    }
}
