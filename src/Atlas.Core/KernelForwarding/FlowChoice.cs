namespace Atlas.Core.KernelForwarding;

/// <summary>How the kernel finds the slot of a new flow.</summary>
public enum FlowChoice
{
    /// <summary>Slot after slot.</summary>
    InTurn,

    /// <summary>Any slot, each as probable as the others.</summary>
    AtRandom,

    /// <summary>By a hash of the client's address.</summary>
    ByClient,
}
