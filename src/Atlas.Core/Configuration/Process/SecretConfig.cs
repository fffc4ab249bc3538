namespace Atlas.Core.Configuration;

/// <summary>Where a secret is read from when Atlas runs. The configuration itself holds none.</summary>
public sealed record SecretConfig : ConfigSection
{
    /// <summary>The file, as written; spaces and line ends around its contents do not count.</summary>
    public string FilePath { get; init; } = "";
}
