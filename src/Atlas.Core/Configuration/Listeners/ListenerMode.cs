namespace Atlas.Core.Configuration;

/// <summary>What moves a listener's traffic.</summary>
public enum ListenerMode
{
    /// <summary>Atlas itself.</summary>
    User,

    /// <summary>The kernel's nftables, programmed by Atlas; Atlas sees no byte.</summary>
    Kernel,
}
