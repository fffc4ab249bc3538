namespace Atlas.Architecture.Tests.Files;

/// <summary>A text file of the repository.</summary>
/// <param name="Path">Relative to the root, with forward slashes.</param>
/// <param name="Text">The whole content.</param>
public sealed record SourceFile(string Path, string Text)
{
    /// <summary>The lines without their ends; a final line end opens no further line.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            var lines = Text.Split('\n');
            return lines[^1].Length == 0 ? lines[..^1] : lines;
        }
    }

    public bool IsBelow(string directory) => Path.StartsWith(directory + "/", StringComparison.Ordinal);

    public bool HasExtension(params ReadOnlySpan<string> extensions) =>
        extensions.Contains(System.IO.Path.GetExtension(Path));
}
