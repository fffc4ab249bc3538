namespace Atlas.Core.HighAvailability;

/// <summary>What a node is to a virtual router. RFC 9568 6.4 has the first three; its word for master is Active Router.</summary>
public enum VirtualRouterState : byte
{
    /// <summary>It takes no part: not started, or stopped (RFC: Initialize).</summary>
    Initialize,

    /// <summary>It watches the master (RFC: Backup).</summary>
    Backup,

    /// <summary>It has the addresses (RFC: Active).</summary>
    Master,

    /// <summary>Started, but something that it needs is missing, so that it takes no part until that is over (RFC: Initialize).</summary>
    Fault,
}
