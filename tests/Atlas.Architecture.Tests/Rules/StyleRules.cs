using System.Text.RegularExpressions;
using Atlas.Architecture.Tests.Files;

namespace Atlas.Architecture.Tests.Rules;

/// <summary>The style that no analyzer of the build checks. Each rule returns one message for each breach.</summary>
public static partial class StyleRules
{
    public const int MaxLines = 400;
    public const int MaxLineLength = 160;

    private static readonly string[] EmptySuffixes =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Info", "Data"];

    public static IEnumerable<string> FileIsShort(SourceFile file)
    {
        if (file.Lines.Count > MaxLines)
        {
            yield return $"{file.Path} has {file.Lines.Count} lines; split it by concept (at most {MaxLines}, aim below 200).";
        }
    }

    public static IEnumerable<string> LinesAreShort(SourceFile file) =>
        Breaches(file, line => line.Length > MaxLineLength, line => $"has {line.Length} characters; break it (at most {MaxLineLength}).");

    public static IEnumerable<string> NothingIsLeftOpen(SourceFile file) =>
        Breaches(file, line => OpenNote().IsMatch(line), _ => "leaves a note of work to do: do it, or open an issue and take the note out.");

    public static IEnumerable<string> NoRegions(SourceFile file) =>
        Breaches(file, line => line.TrimStart().StartsWith("#region", StringComparison.Ordinal), _ => "opens a region: split the file instead.");

    /// <summary>
    /// A file has at most one public type outside others, named after it; <c>Name.Part.cs</c> and <c>NameOfT.cs</c> are
    /// names of <c>Name</c> too. Such types start in column 0, because namespaces are file-scoped.
    /// </summary>
    public static IEnumerable<string> OnePublicTypeNamedAfterTheFile(SourceFile file)
    {
        var types = file.Lines
            .Select(line => PublicType().Match(line))
            .Where(match => match.Success)
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var stem = Path.GetFileName(file.Path).Split('.', '{', '`')[0];
        if (types.Count > 1)
        {
            yield return $"{file.Path} has the public types {string.Join(", ", types)}: give each a file of its own.";
        }
        else if (types is [var only] && stem != only && stem != only + "OfT")
        {
            yield return $"{file.Path} has the public type {only}: name the file {only}.cs.";
        }
    }

    /// <summary>No type's name ends in a word that fits any type.</summary>
    /// <param name="types">Full names, nested types after a plus sign. Names made by the compiler, with a &lt;, are passed over.</param>
    public static IEnumerable<string> NamesSaySomething(IEnumerable<string> types) =>
        from type in types
        where !type.Contains('<', StringComparison.Ordinal)
        let suffix = EmptySuffixes.FirstOrDefault(s => type.EndsWith(s, StringComparison.Ordinal))
        where suffix is not null
        select $"{type}: '{suffix}' says nothing; name the type after what it is or does.";

    public static IEnumerable<string> NoPathOfAMachine(SourceFile file) =>
        Breaches(file, line => MachinePath().IsMatch(line), line => $"has the path {MachinePath().Match(line).Value}: make it relative or configurable.");

    /// <summary>No file has what a merge leaves where both sides changed a line.</summary>
    public static IEnumerable<string> NoMergeConflict(SourceFile file) =>
        Breaches(file, line => ConflictMarker().IsMatch(line), _ => "is left of a merge: take one side, or both, and remove the marker.");

    private static IEnumerable<string> Breaches(SourceFile file, Func<string, bool> isBreach, Func<string, string> message) =>
        file.Lines.Index().Where(line => isBreach(line.Item)).Select(line => $"{file.Path}:{line.Index + 1} {message(line.Item)}");

    // In halves, so that this file keeps its own rule.
    [GeneratedRegex(@"\b(?:TO" + @"DO|FIX" + @"ME|HA" + @"CK)\b", RegexOptions.CultureInvariant)]
    private static partial Regex OpenNote();

    // The line of equal signs between the sides underlines titles elsewhere, and never stands alone.
    [GeneratedRegex("^(?:<{7}|>{7}|\\|{7}) ", RegexOptions.CultureInvariant)]
    private static partial Regex ConflictMarker();

    [GeneratedRegex(
        @"^public (?:(?:static|sealed|abstract|readonly|ref|partial|unsafe) )*"
        + @"(?:(?:class|struct|interface|enum|record(?: struct| class)?) (?<name>\w+)|delegate [^(]*?(?<name>\w+)(?:<[^>(]*>)?\()",
        RegexOptions.CultureInvariant)]
    private static partial Regex PublicType();

    // A home directory, or a place below /root or /work. A URL or a longer path that merely contains one is none.
    [GeneratedRegex(@"(?<![\w.*}-])/(?:home/[\w.-]+/[\w.-]*|root/[\w.-]+|work/[\w.-]+)", RegexOptions.CultureInvariant)]
    private static partial Regex MachinePath();
}
