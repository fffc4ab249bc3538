using Atlas.Core.Configuration;

namespace Atlas.Core.Tls;

/// <summary>Authorities whose signatures are believed. Immutable.</summary>
/// <param name="Pem">Their certificates as PEM, and nothing else; at least one.</param>
/// <param name="Subjects">Their distinguished names, in the same order.</param>
public sealed record AuthorityMaterial(ValueList<byte> Pem, ValueList<string> Subjects)
{
    /// <summary>Their names.</summary>
    public override string ToString() => Subjects.ToString();
}
