namespace Atlas.Core.Configuration;

/// <summary>The access log of a listener.</summary>
public sealed record AccessLogConfig : ConfigSection
{
    /// <summary>Where it goes. Default standard output.</summary>
    public AccessLogTarget Target { get; init; } = AccessLogTarget.StandardOutput;

    /// <summary>The file's path as written, where <see cref="Target"/> is a file; else null.</summary>
    public string? FilePath { get; init; }

    /// <summary>The form of its lines. Default JSON.</summary>
    public AccessLogFormat Format { get; init; } = AccessLogFormat.Json;
}
