namespace Atlas.Core.Configuration;

/// <summary>The kind of place that an access log goes to.</summary>
public enum AccessLogTarget
{
    /// <summary>Standard output.</summary>
    StandardOutput,

    /// <summary>Standard error.</summary>
    StandardError,

    /// <summary>A file, which is appended to.</summary>
    File,
}
