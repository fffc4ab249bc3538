namespace Atlas.Admin;

/// <summary>The body of every answer that is an error.</summary>
internal sealed record ErrorAnswer(string Error, IReadOnlyList<string>? Endpoints = null);
