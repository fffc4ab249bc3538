namespace Atlas.Admin.Reloads;

/// <summary>What became of a reload.</summary>
/// <param name="Outcome">It.</param>
/// <param name="Lines">What has changed, or what is wrong, in the words of the log.</param>
public sealed record ReloadAnswer(ReloadOutcome Outcome, IReadOnlyList<string> Lines);
