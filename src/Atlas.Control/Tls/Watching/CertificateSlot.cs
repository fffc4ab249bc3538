using Atlas.Control.Tls.Reading;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls.Watching;

/// <summary>A place that a certificate and its key stand in.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Config">Their files.</param>
/// <param name="Material">What is in force.</param>
internal sealed record CertificateSlot(TlsOwner Owner, CertificateConfig Config, CertificateMaterial Material)
    : TlsSlot(Owner, Config.CertPath)
{
    /// <inheritdoc/>
    public override string Title => $"certificate {Material.Title} ({Path})";

    private (CertificateConfig Config, CertificateUse Use) Item =>
        (Config, Owner.Kind == TlsOwnerKind.Listener ? CertificateUse.Server : CertificateUse.Client);

    /// <inheritdoc/>
    public override bool HasSame(TlsSlot other) => other is CertificateSlot slot && slot.Material.Equals(Material);

    /// <inheritdoc/>
    public override bool IsAsIn(LoadedItems items) => Material.Equals(items.Certificates.GetValueOrDefault(Item));

    /// <inheritdoc/>
    public override string? ProblemIn(LoadedItems items) => items.CertificateProblems.GetValueOrDefault(Item);

    /// <inheritdoc/>
    public override string ChangeFrom(TlsSlot before)
    {
        var old = ((CertificateSlot)before).Material;
        string what = old.Fingerprint != Material.Fingerprint ? "renewed"
            : old with { OcspDer = Material.OcspDer } == Material ? "has another OCSP response"
            : "has another chain or form of its key";
        return $"{Title} {what}, valid until {ChainRules.Text(DateTimeOffset.FromUnixTimeSeconds(Material.NotAfterUnixSeconds))}";
    }
}
