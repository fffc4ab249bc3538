namespace Atlas.Core.Configuration;

/// <summary>Answers with a redirect.</summary>
public sealed record RedirectConfig : ConfigSection
{
    /// <summary>
    /// The <c>Location</c>. <c>{rest}</c> stands for what a path prefix left over, <c>{scheme}</c>, <c>{host}</c> and
    /// <c>{path}</c> for the request's own, <c>{query}</c> for its query with the question mark, or nothing.
    /// </summary>
    public string To { get; init; } = "";

    /// <summary>301, 302, 303, 307 or 308. Default 308.</summary>
    public int Status { get; init; } = 308;
}
