using System.Globalization;

namespace Atlas.Core.Configuration;

/// <summary>
/// A place in a configuration file. Where something stands is no part of what it says: all positions are equal to each
/// other, so that two configurations that differ in their layout only compare as equal.
/// </summary>
/// <param name="Line">The line, from 1; 0 in a configuration that no file was read for.</param>
/// <param name="Column">The column in characters, from 1; 0 in a configuration that no file was read for.</param>
public readonly record struct SourcePosition(int Line, int Column)
{
    /// <summary>The position of what stands in no file.</summary>
    public static SourcePosition None => default;

    /// <summary>Whether this is a place in a file.</summary>
    public bool IsKnown => Line > 0;

    /// <summary>Always true: see the type.</summary>
    public bool Equals(SourcePosition other) => true;

    /// <summary>The same for all positions.</summary>
    public override int GetHashCode() => 0;

    /// <summary><c>LINE:COLUMN</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");
}
