using Atlas.Core.HighAvailability;
using Atlas.Engine.Links;

namespace Atlas.Running.HighAvailability;

/// <summary>How a virtual router takes its addresses, has them stay, and lets them go: the filter is there before they are, and after.</summary>
internal sealed partial class RunningVirtualRouter
{
    /// <summary>Brings the filter to what this process has, once it is alone: another process of this host, which had the addresses before or
    /// was to have them, kept or made one of its own.</summary>
    internal void Reassert(long nowUs)
    {
        if (!VirtualRouterFilter.IsNeeded(_config))
        {
            VirtualRouterFilter.RemoveLeft(_config);
        }
        else if (_router.State == VirtualRouterState.Master)
        {
            Keep(nowUs, _filter.Hold(_config, nowUs));
        }
    }

    private int Take(long nowUs)
    {
        _releaseAtUs = long.MaxValue;
        _keepAtUs = nowUs + RenewalUs;
        int held = _filter.Hold(_config, nowUs);
        return held < 0 ? held : _link.Keep(_keepSeconds);
    }

    /// <summary>The interface does not take the addresses.</summary>
    /// <param name="error">Why, a negative error number.</param>
    /// <param name="hasTold">Whether other nodes know that this one is master.</param>
    /// <param name="nowUs">The time.</param>
    private void Fail(int error, bool hasTold, long nowUs)
    {
        _failure = $"{_config.Interface}{(_config.Accept ? "" : ", or the kernel's filter,")} does not take the addresses: {LinkRights.Text(error)}";
        _retryAtUs = nowUs + _retryUs;
        _retryUs = Math.Min(2 * _retryUs, MaxRetryUs);
        VirtualRouterOrders orders = _router.BeginFault(nowUs);
        Do(hasTold ? orders : orders with { Advertise = null }, nowUs);
        _failure = "";
    }

    private void Keep(long nowUs, int held = 0)
    {
        _keepAtUs = nowUs + RenewalUs;
        int result = held < 0 ? held : _link.Keep(_keepSeconds);
        if (result < 0)
        {
            Fail(result, hasTold: true, nowUs);
        }
        else
        {
            _retryUs = RetryUs;
        }
    }

    /// <summary>Lets the addresses go.</summary>
    /// <param name="cuts">Whether another node has them, or is to have them: then what is open on them is lost.</param>
    private void Release(bool cuts = true)
    {
        _keepAtUs = long.MaxValue;
        _releaseAtUs = long.MaxValue;
        _link.Release(cuts);
        _filter.Remove();
    }
}
