namespace Atlas.Core.Configuration;

/// <summary>A header that the configuration sets.</summary>
/// <param name="Name">The name, a token (RFC 9110 5.1), as written.</param>
/// <param name="Value">The value, without control characters and without space at its ends.</param>
public sealed record HeaderSetting(string Name, string Value);
