namespace Atlas.Core.Configuration;

/// <summary>The form of a line in the access log.</summary>
public enum AccessLogFormat
{
    /// <summary>One JSON object.</summary>
    Json,

    /// <summary>The combined format that Apache and nginx write.</summary>
    Combined,
}
