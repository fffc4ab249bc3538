using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>
/// Characters that YAML does not allow in a document (YAML 1.2.2, 5.1), and those that some readers take for line ends and others
/// do not: with them a line would have another number here than in an editor.
/// </summary>
internal static class ControlCharacter
{
    /// <summary>The place of the first one, or null.</summary>
    public static SourcePosition? Find(string text)
    {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\n')
            {
                line++;
                lineStart = i + 1;
            }
            else if (c == '\r' ? i + 1 == text.Length || text[i + 1] != '\n' : IsForbidden(c))
            {
                return new SourcePosition(line, i - lineStart + 1);
            }
        }

        return null;
    }

    private static bool IsForbidden(char c) =>
        (char.IsControl(c) && c != '\t') || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF';
}
