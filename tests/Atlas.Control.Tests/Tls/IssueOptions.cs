using System.Security.Cryptography;

namespace Atlas.Control.Tests.Tls;

/// <summary>What a test's certificate is like.</summary>
internal sealed record IssueOptions
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    public string Subject { get; init; } = "CN=test";

    public string[] Names { get; init; } = [];

    /// <summary>Null: one that signs itself.</summary>
    public IssuedCertificate? Issuer { get; init; }

    public bool IsAuthority { get; init; }

    public Func<AsymmetricAlgorithm> Key { get; init; } = () => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public DateTimeOffset NotBefore { get; init; } = Now.AddDays(-1);

    public DateTimeOffset NotAfter { get; init; } = Now.AddDays(90);

    public bool IsSignedWithSha1 { get; init; }

    /// <summary>Whether it has time stamps of logs, as public authorities give.</summary>
    public bool IsLogged { get; init; }

    /// <summary>The one extended key usage; null: it has none.</summary>
    public string? Usage { get; init; }
}
