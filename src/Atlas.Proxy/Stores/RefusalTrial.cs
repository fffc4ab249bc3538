using Atlas.Engine.Flows;
using Atlas.Engine.Timers;

namespace Atlas.Proxy.Stores;

/// <summary>Finds out by itself that a store of Redis refuses writes no longer, also where nobody writes: a worker that has seen a refusal
/// writes nothing under a key of its own, for a millisecond, each 10 s until that is done. For that worker's thread.</summary>
internal sealed class RefusalTrial : ITimerTarget
{
    private readonly RedisClient _client;
    private readonly RedisCall _call;
    private readonly LoopTimer _timer;
    private bool _isUnderWay;
    private bool _hasEnded;

    internal RefusalTrial(RedisClient client)
    {
        _client = client;
        _call = new RedisCall(client.Loop);
        _timer = new LoopTimer(client.Loop.Timers, this);
    }

    private StoreRefusal Refusal => _client.Store.Refusal;

    /// <summary>Something was refused.</summary>
    internal void Begin()
    {
        if (!_timer.IsSet && !_isUnderWay && !_hasEnded)
        {
            _timer.Set(_client.Loop.NowMs + StoreRefusal.LastingMs);
        }
    }

    /// <summary>Whether a call is its own, which tells it itself.</summary>
    internal bool IsOwn(RedisCall call) => call == _call;

    /// <summary>Ends it for good.</summary>
    internal void End()
    {
        _hasEnded = true;
        _timer.Remove();
    }

    void ITimerTarget.OnTimer(LoopTimer timer)
    {
        // Of a store that no snapshot names any more nobody wants to know, and calls would keep its connections.
        if (Refusal.AtMs is not { } atMs || Refusal.Key.IsEmpty || _client.Store.IsForgotten)
        {
            return;
        }

        if (_client.Loop.NowMs - atMs < StoreRefusal.LastingMs)
        {
            _timer.Set(atMs + StoreRefusal.LastingMs);
            return;
        }

        TryAsync(Refusal.Key).Detach();
    }

    private async Flow TryAsync(ReadOnlyMemory<byte> key)
    {
        _isUnderWay = true;

        // The key of what was refused as the tag of another: of the same slot, thus on the same server, and among those that the user
        // may write, while nothing of anybody is under it.
        byte[] own = [.. key.Span, (byte)'{', .. key.Span, (byte)'}'];
        _call.Command(5).Part("SET"u8).Key(own).Part(default(ReadOnlySpan<byte>)).Part("PX"u8).Part(1);
        RedisStatus status = await _client.RunAsync(_call);
        _call.Reset();
        _isUnderWay = false;
        if (status is RedisStatus.Ok or RedisStatus.Failed && Refusal.Tried(status == RedisStatus.Ok, _client.Loop.NowMs))
        {
            _client.Store.RefusalChanged();
        }
        else if (Refusal.AtMs is not null)
        {
            Begin();
        }
    }
}
