namespace Atlas.Control.Configuration.Kinds;

/// <summary>Reads a scalar's text.</summary>
/// <param name="text">The text without quotes.</param>
/// <param name="value">What it says.</param>
/// <param name="hint">What the writer may have meant, where it is refused and this can be told.</param>
internal delegate bool ScalarParser<T>(string text, out T value, ref string? hint);
