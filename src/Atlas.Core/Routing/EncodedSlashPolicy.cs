namespace Atlas.Core.Routing;

/// <summary>
/// What happens with a path that holds <c>%2F</c> or <c>%5C</c>: servers differ on whether that is a slash, and so on which
/// path is meant.
/// </summary>
public enum EncodedSlashPolicy
{
    /// <summary>It is no slash: <c>/a%2Fb</c> is one segment, and goes on as it came.</summary>
    Keep,

    /// <summary>The request is refused.</summary>
    Reject,

    /// <summary>The client is sent to the same path with slashes, so that everybody reads it the same way.</summary>
    Redirect,
}
