using Atlas.Control.Tls.Reading;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Watching;

/// <summary>A place that a file of authorities stands in.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Path">The file, as it is written.</param>
/// <param name="Material">What is in force.</param>
internal sealed record AuthoritySlot(TlsOwner Owner, string Path, AuthorityMaterial Material) : TlsSlot(Owner, Path)
{
    // A file of all public authorities has some 150.
    private const int MaxNamed = 3;

    /// <inheritdoc/>
    public override string Title => $"authorities of {Path}";

    /// <inheritdoc/>
    public override bool HasSame(TlsSlot other) => other is AuthoritySlot slot && slot.Material.Equals(Material);

    /// <inheritdoc/>
    public override bool IsAsIn(LoadedItems items) => Material.Equals(items.Authorities.GetValueOrDefault(Path));

    /// <inheritdoc/>
    public override string? ProblemIn(LoadedItems items) => items.AuthorityProblems.GetValueOrDefault(Path);

    /// <inheritdoc/>
    public override string ChangeFrom(TlsSlot before) =>
        $"{Title} changed: {string.Join("; ", Material.Subjects.Take(MaxNamed))}{Renewals.More(Material.Certificates.Count, MaxNamed)}";
}
