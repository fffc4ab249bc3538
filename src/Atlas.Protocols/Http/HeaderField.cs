using System.Runtime.InteropServices;

namespace Atlas.Protocols.Http;

/// <summary>
/// One field line (RFC 9112 5). The name is a valid token; the value is free of surrounding whitespace and of control
/// characters other than HTAB. Both are slices of the buffer that was parsed.
/// </summary>
/// <param name="name">The name, as it came.</param>
/// <param name="value">The value without surrounding SP and HTAB; may be empty.</param>
/// <param name="known">The name's meaning.</param>
/// <param name="flags">What was noticed about the field.</param>
[StructLayout(LayoutKind.Auto)]
public readonly struct HeaderField(Slice name, Slice value, KnownHeader known, FieldFlags flags = FieldFlags.None)
{
    /// <summary>The name, in the case in which it came.</summary>
    public Slice Name { get; } = name;

    /// <summary>The value, trimmed; may be empty.</summary>
    public Slice Value { get; } = value;

    /// <summary>The name's meaning; <see cref="KnownHeader.None"/> if it is not one that Atlas knows.</summary>
    public KnownHeader Known { get; } = known;

    /// <summary>What was noticed about the field.</summary>
    public FieldFlags Flags { get; } = flags;

    /// <summary>Whether <c>Connection</c> names this field, so that it must not be forwarded (RFC 9110 7.6.1).</summary>
    public bool Nominated => (Flags & FieldFlags.Nominated) != 0;

    /// <summary>Whether the name holds <c>_</c>.</summary>
    public bool HasUnderscore => (Flags & FieldFlags.HasUnderscore) != 0;

    /// <summary>Whether it stood in a trailer section and may not be there (RFC 9110 6.5.1).</summary>
    public bool ForbiddenInTrailer => (Flags & FieldFlags.ForbiddenInTrailer) != 0;

    /// <summary>The same field with a flag added.</summary>
    internal HeaderField With(FieldFlags flag) => new(Name, Value, Known, Flags | flag);
}
