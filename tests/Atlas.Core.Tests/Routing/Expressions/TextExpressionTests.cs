using System.Text;
using System.Text.RegularExpressions;
using Atlas.Core.Routing;
using Atlas.Core.Routing.Expressions;
using CsCheck;

namespace Atlas.Core.Tests.Routing.Expressions;

public sealed class TextExpressionTests
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    // Pieces, most of which make sense anywhere, so that most of what is put together of them is valid, and some of it is not.
    private static readonly Gen<string> Patterns = Of(
        "a", "b", "a", "b", "ab", "/", ".", "-", "|", "|", "(", ")", "(", ")", "(?:", "(?<n_1>", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{,2}", "{1,}", "{0}",
        "^", "$", "$", "(^|a)", "(b|$)", @"\.", @"\/", @"\d", @"\w", @"\s", @"\D", @"\W", @"\S", @"\b", @"\<", "[ab]", "[^a]", "[^/]", "[a-b1]", "[-a]", "[a-]", @"[\w.-]", @"[^\d]",
        "[", "]", "[]a]", "[^]", "[--b]", "[a-b-]", @"[\-a]", "[b-a]", "[a-z-[b]]", "é", "[é]", "1", " ", "#", "\n", "(?i)", "(?=a)", @"\1", "{", "}", "_")
        .Array[0, 9].Select(pieces => string.Concat(pieces));

    private static readonly Gen<string> Texts = Of("a", "b", "A", "/", ".", "-", "\n", "1", " ", "_", "é", "\u0663", "\u00a0", "\U0001f600", "\ufffd", "ab", "<", "{")
        .Array[0, 8].Select(pieces => string.Concat(pieces));

    [Fact]
    public void IsMatch_AnyPattern_IsWhatDotNetSays()
    {
        int light = 0;
        int matches = 0;
        Gen.Select(Patterns, Texts.Array[8]).Sample(
            (pattern, texts) =>
            {
                if (!TryMake(() => new Regex(pattern, Linear), out Regex? regex))
                {
                    TryMake(() => new TextExpression(pattern), out _).ShouldBeFalse(pattern);
                    return;
                }

                var expression = new TextExpression(pattern);
                var scratch = new RouteScratch();
                foreach (string text in texts)
                {
                    bool isMatch = regex!.IsMatch(text);
                    expression.IsMatch(Encoding.UTF8.GetBytes(text), scratch).ShouldBe(isMatch, $"{pattern} in {text}");
                    matches += isMatch ? 1 : 0;
                }

                light += expression.IsLight ? 1 : 0;
            },
            iter: 2_000,
            threads: 1);

        light.ShouldBeGreaterThan(300);
        matches.ShouldBeGreaterThan(1_000);
    }

    [Theory]
    [InlineData(".")]
    [InlineData(@"\d")]
    [InlineData(@"\D")]
    [InlineData(@"\w")]
    [InlineData(@"\W")]
    [InlineData(@"\s")]
    [InlineData(@"\S")]
    [InlineData("[^a-f]")]
    [InlineData(@"[\d_-]")]
    [InlineData(@"[^\w/]")]
    [InlineData(@"[^\s\d]")]
    [InlineData(@"[\s\w]")]
    public void IsMatch_SetAndAnyCharacter_IsWhatDotNetSays(string pattern)
    {
        var regex = new Regex($"^{pattern}", RegexOptions.CultureInvariant);
        PatternAutomaton automaton = PatternAutomaton.Of(PatternParser.Parse($"^{pattern}")!)!;
        for (int c = 0; c <= char.MaxValue; c++)
        {
            automaton.IsMatch([(char)c]).ShouldBe(regex.IsMatch($"{(char)c}"), $"U+{c:x4}");
        }
    }

    [Theory]
    [InlineData(@"\.php$")]
    [InlineData("^/api/v[0-9]+/users/[^/]+$")]
    [InlineData(@"^/(old|legacy)/blog/(?<year>\d{4})/\d{2}/(.*)$")]
    [InlineData(@"\.(gif|jpe?g|png)$")]
    [InlineData("^[23]$")]
    [InlineData("^/shop(/|$)")]
    [InlineData("(^|,)beta(,|$)")]
    [InlineData(@"^Bearer [\w.-]+$")]
    public void Light_UsualExpressions_Are(string pattern) => new TextExpression(pattern).IsLight.ShouldBeTrue();

    [Fact]
    public void Light_AsManyPositionsAsFit_Is()
    {
        string fits = "^" + new string('a', PatternAutomaton.MaxPositions - 8) + "[bc]{2,8}$";
        string tooLong = fits.Replace("{2,8}", "{2,9}", StringComparison.Ordinal);
        byte[] text = Encoding.ASCII.GetBytes(fits[1..(PatternAutomaton.MaxPositions - 7)] + "bcbcbcbc");
        var scratch = new RouteScratch();

        new TextExpression(fits).IsLight.ShouldBeTrue();
        new TextExpression(tooLong).IsLight.ShouldBeFalse();
        foreach (string pattern in (string[])[fits, tooLong])
        {
            new TextExpression(pattern).IsMatch(text, scratch).ShouldBeTrue();
            new TextExpression(pattern).IsMatch(text.AsSpan(1), scratch).ShouldBeFalse();
            new TextExpression(pattern).IsMatch(text.AsSpan(0, text.Length - 7), scratch).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Light_GroupsInGroups_AreUpToALimit(int groups, bool isLight)
    {
        var expression = new TextExpression(new string('(', groups) + "a" + new string(')', groups));

        expression.IsLight.ShouldBe(isLight);
        expression.IsMatch("bab"u8, new RouteScratch()).ShouldBeTrue();
    }

    [Fact]
    public void Light_EmptyPartsRepeatedOverAndOver_AreNot() => new TextExpression("((((a?){0,9}){0,9}){0,9}){0,9}").IsLight.ShouldBeFalse();

    [Fact]
    public void Literals_AnyPattern_AreInEveryTextThatMatches()
    {
        int certain = 0;
        Gen.Select(Patterns, Texts.Array[20]).Sample(
            (pattern, texts) =>
            {
                if (!TryMake(() => new TextExpression(pattern), out TextExpression? expression))
                {
                    return;
                }

                foreach (string text in texts.Where(text => expression!.IsMatch(Encoding.UTF8.GetBytes(text), new RouteScratch())))
                {
                    text.StartsWith(expression!.Prefix, StringComparison.Ordinal).ShouldBeTrue($"{pattern} in {text}");
                    if (expression.Literals.Count > 0)
                    {
                        expression.Literals.Any(runs => Array.TrueForAll(runs, text.Contains)).ShouldBeTrue($"{pattern} in {text}");
                        certain += expression.Literals.All(runs => runs.Length > 0) ? 1 : 0;
                    }
                }
            },
            iter: 2_000,
            threads: 1);

        certain.ShouldBeGreaterThan(200);
    }

    [Theory]
    [InlineData("^/api/v[0-9]+/users$", "/api/v", "/api/v /users")]
    [InlineData(@"\.php$", "", ".php")]
    [InlineData("^/a/(b|c)/d", "/a/", "/a/ /d")]
    [InlineData("^/a/(bc)/d", "/a/bc/d", "/a/bc/d")]
    [InlineData("^/users?/x", "/user", "/user /x")]
    [InlineData("ab+c", "", "a b c")]
    [InlineData("a(bc){2,3}d", "", "a bc d")]
    [InlineData("x(bc)*y|^z.|[q]", "", "x y|z|q")]
    [InlineData("x|(y)?", "", "x|")]
    [InlineData("^x|^y", "", "x|y")]
    [InlineData("(^|,)beta(,|$)", "", "beta")]
    [InlineData("^/a$|/b", "", "/a|/b")]
    [InlineData("^/caf\u00e9/x", "/caf", "")]
    [InlineData("(?i)abc", "", "")]
    public void Literals_Pattern_AreWhatIsCertain(string pattern, string prefix, string literals)
    {
        var expression = new TextExpression(pattern);

        expression.Prefix.ShouldBe(prefix);
        string.Join('|', expression.Literals.Select(runs => string.Join(' ', runs))).ShouldBe(literals);
    }

    [Theory]
    [InlineData("^(a|b)*c$")]
    [InlineData("(a*)*$")]
    [InlineData("(a+b?){3,9}[^a]")]
    public void IsMatch_TextMadeToBeSlow_LooksAtEachCharacterOnce(string pattern)
    {
        var expression = new TextExpression(pattern);
        byte[] text = Encoding.ASCII.GetBytes(new string('a', RouteScratch.MaxRegexBytes));

        expression.IsLight.ShouldBeTrue();
        expression.IsMatch(text, new RouteScratch()).ShouldBe(Regex.IsMatch(new string('a', 100), pattern, Linear));
    }

    private static bool TryMake<T>(Func<T> make, out T? made)
        where T : class
    {
        try
        {
            made = make();
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            made = null;
            return false;
        }
    }

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
