namespace Atlas.Engine.Links;

/// <summary>An address of an interface, as the kernel tells of it.</summary>
public readonly record struct ListedAddress
{
    /// <summary>The interface.</summary>
    public required int LinkIndex { get; init; }

    /// <summary>The address.</summary>
    public required LinkAddress Address { get; init; }

    /// <summary>How many bits of it are the network's: 0 to 32 or 128.</summary>
    public required int PrefixLength { get; init; }

    /// <summary>Who added it: <see cref="LinkTable.Mark"/> for addresses of this program; 0 where nobody said so, and for all on
    /// kernels before 5.18, which don't keep it (IFA_PROTO).</summary>
    public byte Protocol { get; init; }

    /// <summary>Whether it may be used: neither IPv6's search for others with the same address is under way, nor has it found
    /// one.</summary>
    public bool IsUsable { get; init; }

    /// <summary>Whether another address of the same network came first (IPv4), or it is one for a time (IPv6 privacy): not one to
    /// take as the interface's own.</summary>
    public bool IsSecondary { get; init; }

    /// <summary>Whether it stays until it is removed, and was not added for a time.</summary>
    public bool IsPermanent { get; init; }
}
