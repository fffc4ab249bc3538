namespace Atlas.Admin;

/// <summary>The body of <c>/healthz</c> and <c>/readyz</c>.</summary>
internal sealed record ProbeAnswer(string Status, IReadOnlyList<string>? Reasons = null);
