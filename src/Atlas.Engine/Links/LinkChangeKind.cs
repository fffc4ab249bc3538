namespace Atlas.Engine.Links;

/// <summary>What a <see cref="LinkMonitor"/> tells.</summary>
public enum LinkChangeKind
{
    /// <summary>A link is new, or something of it has changed, or may have.</summary>
    Link,

    /// <summary>A link is gone; another may get its name, and with luck its number.</summary>
    LinkRemoved,

    /// <summary>An address is new, or something of it has changed.</summary>
    AddressAdded,

    /// <summary>An address is gone.</summary>
    AddressRemoved,

    /// <summary>Changes were lost: whatever is known of links and addresses has to be read again.</summary>
    Overrun,
}
