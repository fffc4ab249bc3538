using Atlas.Control.HighAvailability.Leases;

namespace Atlas.Running.HighAvailability;

/// <summary>A virtual router's lease, asked for and renewed away from the thread that has the addresses, which never waits for a
/// store.</summary>
internal sealed class StoreLease : IDisposable
{
    private readonly RedisLease _lease;
    private readonly TimeSpan _interval;
    private readonly Action<LeaseAnswer, bool> _tell;
    private readonly SemaphoreSlim _news = new(0);
    private readonly Lock _lock = new();
    private Wish _wish;
    private bool _ends;

    /// <summary>A lease that is not asked for yet.</summary>
    /// <param name="lease">It, in its store.</param>
    /// <param name="interval">How often it is renewed while this node is master.</param>
    /// <param name="tell">Takes what the store says, and whether that is the answer to a <see cref="Claim"/>. Not called twice at
    /// once.</param>
    internal StoreLease(RedisLease lease, TimeSpan interval, Action<LeaseAnswer, bool> tell)
    {
        _lease = lease;
        _interval = interval;
        _tell = tell;
        _ = Task.Run(RunAsync);
    }

    private enum Wish
    {
        Nothing,
        Claim,
        Seize,
        Keep,
        Drop,
    }

    /// <summary>Asks for it once: unless another node has it, this one has it then, for its lifetime.</summary>
    internal void Claim() => Put(Wish.Claim);

    /// <summary>Renews it from now on, whoever has it.</summary>
    /// <param name="seizes">Whether it is taken from another node first.</param>
    internal void Hold(bool seizes) => Put(seizes ? Wish.Seize : Wish.Keep);

    /// <summary>Lets go of it.</summary>
    internal void Drop() => Put(Wish.Drop);

    /// <summary>Ends, and leaves what it holds to its lifetime, or to another process of this node.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ends = true;
        }

        _news.Release();
    }

    private void Put(Wish wish)
    {
        lock (_lock)
        {
            _wish = wish;
        }

        _news.Release();
    }

    /// <summary>What to do now; what is done once is not wished for any more.</summary>
    private (Wish Wish, bool Ends) Take()
    {
        lock (_lock)
        {
            Wish wish = _wish;
            _wish = wish switch
            {
                Wish.Seize => Wish.Keep,
                Wish.Claim or Wish.Drop => Wish.Nothing,
                _ => wish,
            };
            return (wish, _ends);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            (Wish wish, bool ends) = Take();
            if (wish == Wish.Drop)
            {
                await _lease.DropAsync().ConfigureAwait(false);
            }
            else if (ends)
            {
                _lease.Close();
                return;
            }
            else if (wish == Wish.Nothing)
            {
                // By the next question the network may have forgotten the connection, and then nobody answers in time.
                _lease.Close();
                await _news.WaitAsync().ConfigureAwait(false);
            }
            else
            {
                _tell(await _lease.ClaimAsync(seizes: wish == Wish.Seize).ConfigureAwait(false), wish == Wish.Claim);
                if (wish != Wish.Claim)
                {
                    await _news.WaitAsync(_interval).ConfigureAwait(false);
                }
            }
        }
    }
}
