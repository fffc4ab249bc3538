namespace Atlas.Core.HighAvailability;

/// <summary>
/// When a master tells hosts that it has the addresses: a burst, a second one some seconds later, and then once in a while. It
/// never announces more often than the spacing, however often it begins anew.
/// </summary>
/// <param name="settings">Counts and times.</param>
internal struct AnnouncementSchedule(VirtualRouterSettings settings)
{
    /// <summary>The time that never comes.</summary>
    internal const long Never = long.MaxValue;

    private VirtualRouterSettings _settings = settings;
    private long? _lastUs;
    private long _againUs = Never;
    private int _left;

    /// <summary>When the next is due; <see cref="Never"/>: none is.</summary>
    internal long NextUs { get; private set; } = Never;

    /// <summary>Begins with the first burst, now or as soon as the spacing allows.</summary>
    internal void Begin(long nowUs)
    {
        _left = _settings.AnnounceCount;
        _againUs = _settings.AnnounceAgainCount > 0 ? nowUs + _settings.AnnounceAgainUs : Never;
        NextUs = _lastUs is long lastUs ? Math.Max(nowUs, lastUs + _settings.AnnounceSpacingUs) : nowUs;
    }

    /// <summary>Goes by other counts and times from the next announcement on.</summary>
    /// <param name="settings">They.</param>
    /// <param name="isAnew">Whether it begins with the first burst.</param>
    /// <param name="nowUs">The time.</param>
    internal void Change(VirtualRouterSettings settings, bool isAnew, long nowUs)
    {
        _settings = settings;
        if (isAnew)
        {
            Begin(nowUs);
        }
    }

    /// <summary>Whether one is due. If so, it counts as made, and the next is planned from now on: a late clock makes no burst of
    /// those that it missed.</summary>
    internal bool TryTake(long nowUs)
    {
        if (nowUs < NextUs)
        {
            return false;
        }

        _lastUs = nowUs;
        _left = Math.Max(_left - 1, 0);
        if (_left > 0)
        {
            NextUs = nowUs + _settings.AnnounceSpacingUs;
        }
        else if (_againUs != Never)
        {
            NextUs = Math.Max(_againUs, nowUs + _settings.AnnounceSpacingUs);
            _left = _settings.AnnounceAgainCount;
            _againUs = Never;
        }
        else
        {
            NextUs = _settings.AnnounceRefreshUs > 0 ? nowUs + _settings.AnnounceRefreshUs : Never;
        }

        return true;
    }

    /// <summary>Ends: the node is master no longer.</summary>
    internal void End()
    {
        NextUs = Never;
        _againUs = Never;
        _lastUs = null;
        _left = 0;
    }
}
