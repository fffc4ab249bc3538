using Atlas.Control.Configuration;
using CsCheck;

namespace Atlas.Control.Tests.Configuration;

/// <summary>Whatever becomes of a configuration, reading it gives a configuration or errors with places in it.</summary>
public sealed class MutationTests
{
    private static readonly string Reference = File.ReadAllText(RepositoryFiles.Reference);
    private static readonly string[] Lines = Reference.Split('\n');
    private static readonly string[] Words =
    [
        "", " ", "\n", "\t", ":", ": ", "- ", "{", "}", "[", "]", ",", "\"", "'", "*", "&a ", "*a", "!", "#", "|", ">", "?",
        "%", "@", "---", "...", "~", "null",
        "no", "010", "1:30", "99999999999999999999",
        "-1", "0", "1.5s", "<<: ", "\uFEFF", "\u0085", "\u2028", "ä", "\uD83D", "\0", "!!binary ", "pool: nowhere",
    ];

    private static readonly Gen<Func<string, string>> Mutation = Gen.Select(
        Gen.Int[0, Reference.Length], Gen.Int[0, 30], Gen.Int[0, Words.Length - 1], Gen.Int[0, 3], Gen.Int[0, Lines.Length - 1],
        (at, length, word, kind, line) => (Func<string, string>)(text => Mutate(text, at, length, Words[word], kind, line)));

    private static readonly Gen<string> Mutated =
        Mutation.Array[1, 4].Select(mutations => mutations.Aggregate(Reference, (text, mutate) => mutate(text)));

    [Fact]
    public void Parse_MutatedReference_GivesConfigurationOrErrorsWithPlaces() => Mutated.Sample(text => Check(text), iter: 2_000);

    [Fact]
    public void Parse_RandomCharacters_GivesConfigurationOrErrorsWithPlaces() =>
        Gen.Char["\n\t :-{}[],\"'*&!#|>?%@~ab01"].Array[0, 60].Select(characters => new string(characters)).Sample(text => Check(text), iter: 20_000);

    private static string Mutate(string text, int at, int length, string word, int kind, int line)
    {
        at = Math.Min(at, text.Length);
        length = Math.Min(length, text.Length - at);
        string[] lines = text.Split('\n');
        switch (kind)
        {
            case 0:
                return text.Remove(at, length).Insert(at, word);
            case 1:
                return text.Insert(at, word);
            case 2:
                return string.Join('\n', lines.Where((_, index) => index != line));
            default:
                line = Math.Min(line, lines.Length - 1);
                (lines[line], lines[at % lines.Length]) = (lines[at % lines.Length], lines[line]);
                return string.Join('\n', lines);
        }
    }

    private static void Check(string text)
    {
        var result = ConfigLoader.Parse(text, "f");

        (result.Config is null).ShouldBe(result.Errors.Count > 0);
        result.Errors.Count.ShouldBeLessThanOrEqualTo(ConfigLoader.MaxErrors);
        int[] lengths = [.. text.Split('\n').Select(line => line.Length)];
        foreach (var error in result.Errors)
        {
            error.Line.ShouldBeInRange(1, lengths.Length, error.ToString());
            error.Column.ShouldBeInRange(1, lengths[error.Line - 1] + 1, error.ToString());
            error.Message.ShouldNotContain('\n');
        }

        result.Errors.ShouldBe(result.Errors.OrderBy(error => (error.Line, error.Column)));
    }
}
