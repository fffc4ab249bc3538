namespace Atlas.Proxy.Metrics;

/// <summary>What became of the copy of a request.</summary>
public enum MirrorResult
{
    /// <summary>A server answered it, whatever it said.</summary>
    Answered,

    /// <summary>No server took it, or the one that did failed or was too slow.</summary>
    Failed,

    /// <summary>Too many copies were under way, or memory was short.</summary>
    Dropped,

    /// <summary>Its body is too long to be kept, did not come whole, or it asks for another protocol.</summary>
    Unsuited,
}
