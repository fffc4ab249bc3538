namespace Atlas.Core.Configuration;

/// <summary>What happens with a request whose session cannot be read.</summary>
public enum StoreFailureAction
{
    /// <summary>It is answered with 503.</summary>
    Fail,

    /// <summary>It goes on with an empty session.</summary>
    Empty,
}
