namespace Atlas.Core.Configuration;

/// <summary>
/// What happens with requests that match. Exactly one of <see cref="Pool"/>, <see cref="Split"/>, <see cref="Redirect"/> and
/// <see cref="Respond"/> is there.
/// </summary>
public sealed record RouteConfig : ConfigSection
{
    /// <summary>Its name in logs and metrics, unique in the listener. Default <c>route-N</c>, N counting from 1.</summary>
    public string Name { get; init; } = "";

    /// <summary>What must be true of a request. Default: every request.</summary>
    public MatchConfig Match { get; init; } = new();

    /// <summary>The pool that serves.</summary>
    public string? Pool { get; init; }

    /// <summary>The pools that serve, each its share; empty with any other action.</summary>
    public ValueList<SplitConfig> Split { get; init; } = [];

    /// <summary>Answers with a redirect.</summary>
    public RedirectConfig? Redirect { get; init; }

    /// <summary>Answers with a fixed response.</summary>
    public RespondConfig? Respond { get; init; }

    /// <summary>Copies a share of the requests to a pool whose responses are thrown away.</summary>
    public MirrorConfig? Mirror { get; init; }

    /// <summary>Changes what the server is asked for.</summary>
    public RewriteConfig? Rewrite { get; init; }

    /// <summary>Changes to the request's headers.</summary>
    public HeaderRulesConfig RequestHeaders { get; init; } = new();

    /// <summary>Changes to the response's headers.</summary>
    public HeaderRulesConfig ResponseHeaders { get; init; } = new();

    /// <summary>How long the exchange may take.</summary>
    public RouteTimeoutsConfig Timeouts { get; init; } = new();

    /// <summary>When to try again, instead of the pool's rule; null: the pool's. The budget is always the pool's.</summary>
    public RetryConfig? Retry { get; init; }

    /// <summary>How many requests may pass; null: any number.</summary>
    public RateLimitConfig? RateLimit { get; init; }
}
