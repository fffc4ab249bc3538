namespace Atlas.Control.Kernel;

/// <summary>What happened to the kernel's rules.</summary>
public enum KernelEventKind
{
    /// <summary>Other servers take new flows.</summary>
    Replaced,

    /// <summary>Something else had removed the table: it was written again.</summary>
    Restored,

    /// <summary>Rules could not be written: those before are in force, and it is tried again.</summary>
    Failed,

    /// <summary>Rules could be written after all.</summary>
    Recovered,
}
