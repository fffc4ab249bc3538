using Atlas.Control.Tls.Watching;

namespace Atlas.Control.Tls;

/// <summary>What was read for a configuration that is about to come into force.</summary>
public sealed class TlsPreparation
{
    internal TlsPreparation(TlsLoading loading, Dictionary<string, FileStamp> stamps)
    {
        Loading = loading;
        Stamps = stamps;
    }

    /// <summary>What was read.</summary>
    public TlsLoading Loading { get; }

    /// <summary>The files as they were before they were read.</summary>
    internal Dictionary<string, FileStamp> Stamps { get; }
}
