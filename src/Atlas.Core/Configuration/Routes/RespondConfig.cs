namespace Atlas.Core.Configuration;

/// <summary>Answers with a fixed response.</summary>
public sealed record RespondConfig : ConfigSection
{
    /// <summary>The status, 200 to 599. Default 200.</summary>
    public int Status { get; init; } = 200;

    /// <summary>The body, sent as UTF-8.</summary>
    public string Body { get; init; } = "";

    /// <summary>Headers of the response. <c>Content-Length</c> is not among them.</summary>
    public ValueList<HeaderSetting> Headers { get; init; } = [];
}
