using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>Characters that YAML does not allow in a document (YAML 1.2.2, 5.1).</summary>
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
            else if ((char.IsControl(c) && c is not ('\t' or '\r' or '\u0085')) || c is '\uFEFF' or '\uFFFE' or '\uFFFF')
            {
                return new SourcePosition(line, i - lineStart + 1);
            }
        }

        return null;
    }
}
