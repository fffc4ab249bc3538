using System.Globalization;

namespace Atlas.Control.Configuration;

/// <summary>Something in a configuration that Atlas cannot use.</summary>
/// <param name="File">The file, as its reader named it.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
/// <param name="Message">What is wrong with which value, and what is allowed; one line.</param>
public sealed record ConfigError(string File, int Line, int Column, string Message)
{
    /// <summary><c>FILE:LINE:COLUMN: what is wrong, and what is allowed</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
