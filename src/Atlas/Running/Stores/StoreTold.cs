using Atlas.Proxy.Stores;

namespace Atlas.Running.Stores;

/// <summary>Which changes of a store are told, so that one which goes back and forth does not fill the log.</summary>
/// <remarks>A condition is told at once if the one before lasted for a second, and otherwise once it has lasted that long itself. So a
/// store that is up for a moment now and then stays told as slow. The same condition for another reason is told again, after a
/// while.</remarks>
internal sealed class StoreTold
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    // Another reason for the same is told at most so often: each worker and each server may have its own.
    private static readonly TimeSpan ReasonCalm = TimeSpan.FromSeconds(5);

    // That a store comes up at the start is what everybody expects.
    private StoreCondition _current = StoreCondition.Up;
    private StoreCondition _told = StoreCondition.Up;
    private string _reason = "";
    private TimeSpan? _since;
    private TimeSpan _toldAt;
    private bool _isHeld;

    /// <summary>When the present condition is to be told if it lasts; null: it need not be.</summary>
    internal TimeSpan? Due { get; private set; }

    /// <summary>Takes how it is.</summary>
    /// <param name="health">How it is, and why. That a connection is being made is none of its own.</param>
    /// <param name="now">The time of a monotonic clock.</param>
    /// <returns>Whether it is to be told now.</returns>
    internal bool Take(StoreHealth health, TimeSpan now)
    {
        StoreCondition condition = health.Condition;
        Due = null;
        if (condition == StoreCondition.Connecting)
        {
            return false;
        }

        if (condition != _current)
        {
            _isHeld = now - _since < Calm;
            _current = condition;
            _since = now;
        }

        if (condition == _told && (health.Reason == _reason || now - _toldAt < ReasonCalm))
        {
            Due = health.Reason == _reason ? null : _toldAt + ReasonCalm;
            return false;
        }

        if (_isHeld && now - _since < Calm)
        {
            Due = _since + Calm;
            return false;
        }

        _told = condition;
        _reason = health.Reason;
        _toldAt = now;
        return true;
    }
}
