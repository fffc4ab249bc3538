namespace Atlas.Core.Configuration;

/// <summary>A header, cookie or query parameter to match.</summary>
/// <param name="Name">Its name, as written.</param>
/// <param name="Value">What its value must be.</param>
public sealed record FieldMatch(string Name, ValuePattern Value);
