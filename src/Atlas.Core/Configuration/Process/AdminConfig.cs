namespace Atlas.Core.Configuration;

/// <summary>The admin API, metrics and dashboard.</summary>
public sealed record AdminConfig : ConfigSection
{
    /// <summary>Where it listens; null, written <c>none</c>: nowhere. Default 127.0.0.1:9900.</summary>
    public BindAddress? Bind { get; init; } = BindAddress.Loopback(9900);

    /// <summary>What callers must show; there where <see cref="Bind"/> is not loopback.</summary>
    public SecretConfig? Token { get; init; }
}
