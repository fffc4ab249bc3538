using Atlas.Control.Configuration;
using Atlas.Control.Tls.Reading;
using Atlas.Core.Tls;

namespace Atlas.Control.Tls;

/// <summary>What came of reading the files of TLS that a configuration names. Messages have the place of the path in the
/// configuration.</summary>
public sealed record TlsLoading
{
    /// <summary>All of it; null: there is at least one error or one file that cannot be read.</summary>
    public required TlsMaterial? Material { get; init; }

    /// <summary>What cannot be served, whoever starts it.</summary>
    public required IReadOnlyList<ConfigError> Errors { get; init; }

    /// <summary>Files that are not there, or that this user may not read. Where the configuration is written this says little; where it
    /// runs they are errors.</summary>
    public required IReadOnlyList<ConfigError> Missing { get; init; }

    /// <summary>What would be errors or missing, were there no earlier reading whose contents are still taken.</summary>
    public required IReadOnlyList<ConfigError> Kept { get; init; }

    /// <summary>What is served, but hardly as it is meant.</summary>
    public required IReadOnlyList<ConfigError> Warnings { get; init; }

    /// <summary>Certificates that are valid, and will not be soon. A <see cref="CertificateWatch"/> warns of them by itself.</summary>
    public required IReadOnlyList<ConfigError> Ending { get; init; }

    /// <summary>What may be just as it is meant, and yet be worth a look.</summary>
    public required IReadOnlyList<ConfigError> Notes { get; init; }

    /// <summary>The absolute paths of the files that were looked at, each once.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>When the files mean something else than now, even if they stay as they are; null: never.</summary>
    internal DateTimeOffset? NextLook { get; init; }

    /// <summary>What a later reading can fall back on.</summary>
    internal LoadedItems Items { get; init; } = new();
}
