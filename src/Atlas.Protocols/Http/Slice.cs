using System.Runtime.InteropServices;

namespace Atlas.Protocols.Http;

/// <summary>
/// A part of a buffer, as offset and length in bytes from the buffer's start. It stays right when the buffer's content is
/// moved as a whole, and means nothing without that buffer.
/// </summary>
/// <param name="offset">The first byte, from 0.</param>
/// <param name="length">The number of bytes, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly struct Slice(int offset, int length) : IEquatable<Slice>
{
    /// <summary>The index of the first byte in the buffer.</summary>
    public int Offset { get; } = offset;

    /// <summary>The number of bytes.</summary>
    public int Length { get; } = length;

    /// <summary>Whether it holds no byte, which is also what an absent part looks like.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The index of the byte after the last one.</summary>
    public int End => Offset + Length;

    /// <summary>Compares offset and length.</summary>
    public static bool operator ==(Slice left, Slice right) => left.Equals(right);

    /// <summary>Compares offset and length.</summary>
    public static bool operator !=(Slice left, Slice right) => !left.Equals(right);

    /// <summary>The bytes themselves.</summary>
    /// <param name="buffer">The buffer that was parsed, from its first byte.</param>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is shorter, so not the one that was parsed.</exception>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> buffer) => buffer.Slice(Offset, Length);

    /// <inheritdoc/>
    public bool Equals(Slice other) => Offset == other.Offset && Length == other.Length;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Slice other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Offset, Length);

    /// <summary>Offset and length, for debugging.</summary>
    public override string ToString() => $"{Offset}+{Length}";
}
