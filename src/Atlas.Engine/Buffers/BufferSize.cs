namespace Atlas.Engine.Buffers;

/// <summary>The sizes of blocks that a <see cref="BufferPool"/> lends.</summary>
public enum BufferSize : byte
{
    /// <summary>16 KiB: heads and small bodies.</summary>
    Small,

    /// <summary>128 KiB: large heads and bodies in bulk; fewer system calls per byte (measured: bench 10 MiB).</summary>
    Large,
}
