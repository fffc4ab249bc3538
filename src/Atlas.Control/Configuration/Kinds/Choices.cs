namespace Atlas.Control.Configuration.Kinds;

/// <summary>One word out of a few.</summary>
internal static class Choices
{
    /// <summary>One of these words; each stands for a value.</summary>
    public static ScalarKind<T> Of<T>(params (string Word, T Value)[] choices) => new(
        JoinWords(choices.Select(choice => choice.Word)),
        (string text, out T value, ref string? hint) =>
        {
            int index = Array.FindIndex(choices, choice => choice.Word == text);
            value = index < 0 ? default! : choices[index].Value;
            string? near = index < 0 && text.Length > 0 && char.IsAsciiLetter(text[0])
                ? Keys.Spelling.Nearest(text, choices.Select(choice => choice.Word))
                : null;
            hint = near is null ? null : $"did you mean {near}?";
            return index >= 0;
        },
        value => choices.First(choice => EqualityComparer<T>.Default.Equals(choice.Value, value)).Word,
        Schema.OneOf(choices.Select(choice => choice.Word)));

    /// <summary><c>a, b or c</c>.</summary>
    public static string JoinWords(IEnumerable<string> words)
    {
        string[] all = [.. words];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} or {all[^1]}";
    }
}
