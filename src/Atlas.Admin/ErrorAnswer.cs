namespace Atlas.Admin;

/// <summary>The body of every answer that is an error.</summary>
/// <param name="Error">What is wrong, and what to do.</param>
/// <param name="Endpoints">What there is, where the path is wrong.</param>
/// <param name="Known">The names that there are, where one is wrong.</param>
internal sealed record ErrorAnswer(string Error, IReadOnlyList<string>? Endpoints = null, IReadOnlyList<string>? Known = null);
