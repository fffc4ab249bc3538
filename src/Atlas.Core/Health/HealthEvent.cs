namespace Atlas.Core.Health;

/// <summary>A server or a pool changed its state.</summary>
/// <param name="Pool">The pool's name.</param>
/// <param name="Server">The server's name; null: the pool as a whole changed.</param>
/// <param name="From">What it was.</param>
/// <param name="To">What it is.</param>
/// <param name="Reason">Who changed it.</param>
/// <param name="Detail">The rest of the sentence, without anything that a client or a server chose: <c>after 3 failed checks:
/// connect refused</c>. Empty: there is nothing more to say.</param>
public sealed record HealthEvent(
    string Pool,
    string? Server,
    HealthEventState From,
    HealthEventState To,
    HealthEventReason Reason,
    string Detail)
{
    /// <summary>When, in milliseconds since 1970 (UTC).</summary>
    public long AtUnixMs { get; init; }

    /// <summary>Milliseconds in the old state; null: nobody knows.</summary>
    public long? AfterMs { get; init; }

    /// <summary>The line for the operator: <c>pool web server b: down after 3 failed checks: connect refused</c>.</summary>
    public override string ToString()
    {
        string server = Server is null ? "" : $" server {Server}";
        string circuit = To is HealthEventState.Closed or HealthEventState.Open or HealthEventState.HalfOpen ? "circuit " : "";
        string detail = Detail.Length == 0 ? "" : " " + Detail;
        return $"pool {Pool}{server}: {circuit}{To.Word()}{detail}";
    }
}
