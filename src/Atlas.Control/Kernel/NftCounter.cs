namespace Atlas.Control.Kernel;

/// <summary>A counter of the kernel.</summary>
/// <param name="Packets">Packets since Atlas started.</param>
/// <param name="Bytes">Their bytes, headers of IP included.</param>
public readonly record struct NftCounter(long Packets, long Bytes)
{
    /// <summary>Both together.</summary>
    public static NftCounter operator +(NftCounter left, NftCounter right) =>
        new(left.Packets + right.Packets, left.Bytes + right.Bytes);
}
