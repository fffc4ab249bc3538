namespace Atlas.Core.Configuration;

/// <summary>Changes what the server is asked for. First the prefix is taken away, then the other is put before.</summary>
public sealed record RewriteConfig : ConfigSection
{
    /// <summary>Taken from the front of the path where it stands there; begins with a slash. Empty: nothing.</summary>
    public string StripPrefix { get; init; } = "";

    /// <summary>Put before the path; begins with a slash. Empty: nothing.</summary>
    public string AddPrefix { get; init; } = "";

    /// <summary>The <c>Host</c> that the server sees. Empty: the client's.</summary>
    public string Host { get; init; } = "";
}
