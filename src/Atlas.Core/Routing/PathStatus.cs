namespace Atlas.Core.Routing;

/// <summary>What <see cref="RequestPath"/> found. Everything but <see cref="Ok"/> and <see cref="Redirect"/> is a 400.</summary>
public enum PathStatus
{
    /// <summary>It has one meaning.</summary>
    Ok,

    /// <summary>It holds a byte that a path may not have, a <c>%</c> without two digits, or does not begin with a slash.</summary>
    Malformed,

    /// <summary>It holds <c>%00</c>, at which some servers end the path.</summary>
    EncodedNul,

    /// <summary>Servers would read its dot segments in different ways.</summary>
    Ambiguous,

    /// <summary>It holds an encoded slash, and the policy is <see cref="EncodedSlashPolicy.Reject"/>.</summary>
    EncodedSlash,

    /// <summary>
    /// It holds an encoded slash, and the policy is <see cref="EncodedSlashPolicy.Redirect"/>: answer 308 with
    /// <see cref="RequestPath.WriteWithSlashes"/> and the query as it came.
    /// </summary>
    Redirect,
}
