using Atlas.Architecture.Tests.Files;

namespace Atlas.Architecture.Tests.Rules;

public sealed class StyleRulesTests
{
    [Theory]
    [InlineData(StyleRules.MaxLines, 0)]
    [InlineData(StyleRules.MaxLines + 1, 1)]
    public void FileIsShort_AtTheLimit_OneMoreIsTooLong(int lines, int breaches) =>
        StyleRules.FileIsShort(Code(string.Concat(Enumerable.Repeat("x\n", lines)))).Count().ShouldBe(breaches);

    [Fact]
    public void LinesAreShort_AtTheLimit_OneMoreIsTooLong() =>
        StyleRules.LinesAreShort(Code($"{new string('x', StyleRules.MaxLineLength)}\n{new string('x', StyleRules.MaxLineLength + 1)}\n"))
            .ShouldBe(["src/Atlas.Core/Sample.cs:2 has 161 characters; break it (at most 160)."]);

    [Theory]
    [InlineData("TO" + "DO")]
    [InlineData("FIX" + "ME")]
    [InlineData("HA" + "CK")]
    public void NothingIsLeftOpen_Note_IsNamed(string note) =>
        StyleRules.NothingIsLeftOpen(Code($"x\n// {note}: later\n")).ShouldHaveSingleItem().ShouldStartWith("src/Atlas.Core/Sample.cs:2 leaves");

    [Fact]
    public void NothingIsLeftOpen_WordThatContainsOne_IsKept() =>
        StyleRules.NothingIsLeftOpen(Code("var HACKATHON = Todo;\n")).ShouldBeEmpty();

    [Fact]
    public void NoRegions_Region_IsNamed() => StyleRules.NoRegions(Code("    #region Members\n    #endregion\n")).Count().ShouldBe(1);

    [Theory]
    [InlineData("public sealed class Sample\n{\n    public struct Nested;\n}\ninternal enum Other;\n")]
    [InlineData("public readonly ref struct Sample<T>\n")]
    [InlineData("public readonly record struct Sample(int A);\n")]
    [InlineData("public delegate Span<byte> Sample<T>(Action<T> action);\n")]
    [InlineData("internal sealed class Other;\n")]
    [InlineData("return 0;\n")]
    public void OnePublicTypeNamedAfterTheFile_OneOrNone_IsKept(string text) =>
        StyleRules.OnePublicTypeNamedAfterTheFile(Code(text)).ShouldBeEmpty();

    [Theory]
    [InlineData("src/Atlas.Core/Sample.Parsing.cs")]
    [InlineData("src/Atlas.Core/SampleOfT.cs")]
    public void OnePublicTypeNamedAfterTheFile_PartOrGenericForm_IsKept(string path) =>
        StyleRules.OnePublicTypeNamedAfterTheFile(new SourceFile(path, "public partial class Sample\n")).ShouldBeEmpty();

    [Theory]
    [InlineData("public static class Other\n")]
    [InlineData("public interface ISample\n")]
    [InlineData("public abstract record Other;\n")]
    [InlineData("public delegate void Other(Sample sample);\n")]
    public void OnePublicTypeNamedAfterTheFile_AnotherName_IsNamed(string text) =>
        StyleRules.OnePublicTypeNamedAfterTheFile(Code(text)).ShouldHaveSingleItem().ShouldContain("name the file");

    [Fact]
    public void OnePublicTypeNamedAfterTheFile_Two_AreNamed() =>
        StyleRules.OnePublicTypeNamedAfterTheFile(Code("public sealed class Sample;\npublic enum SampleKind;\n"))
            .ShouldBe(["src/Atlas.Core/Sample.cs has the public types Sample, SampleKind: give each a file of its own."]);

    [Theory]
    [InlineData("Atlas.PoolManager")]
    [InlineData("Atlas.Outer+ServerInfo")]
    [InlineData("Atlas.ByteUtils")]
    [InlineData("Atlas.HeaderHelper")]
    [InlineData("Atlas.FrameData")]
    public void NamesSaySomething_EmptySuffix_IsNamed(string type) => StyleRules.NamesSaySomething([type]).Count().ShouldBe(1);

    [Theory]
    [InlineData("Atlas.Pool")]
    [InlineData("Atlas.Metadata")]
    [InlineData("Atlas.DataFrame")]
    [InlineData("Atlas.Outer+<>c__Data")]
    public void NamesSaySomething_OtherName_IsKept(string type) => StyleRules.NamesSaySomething([type]).ShouldBeEmpty();

    [Theory]
    [InlineData("path = \"/ho" + "me/alice/atlas\"")]
    [InlineData("cd /ro" + "ot/atlas")]
    [InlineData("see /wo" + "rk/notes")]
    public void NoPathOfAMachine_PathOfOne_IsNamed(string text) => StyleRules.NoPathOfAMachine(Code(text)).Count().ShouldBe(1);

    [Theory]
    [InlineData("GET https://example.com/wo" + "rk/1")]
    [InlineData("GET /home HTTP/1.1")]
    [InlineData("/homework/x /roots/x /var/root/x")]
    public void NoPathOfAMachine_OtherPath_IsKept(string text) => StyleRules.NoPathOfAMachine(Code(text)).ShouldBeEmpty();

    [Fact]
    public void NoMergeConflict_MarkersOfBothSides_AreNamed() =>
        StyleRules.NoMergeConflict(Code("<<<<<<< ours\na\n||||||| base\n=======\nb\n>>>>>>> theirs\n")).Count().ShouldBe(3);

    [Theory]
    [InlineData("Title\n=======")]
    [InlineData("  cat <<<<<<< x")]
    [InlineData("| a | b |")]
    public void NoMergeConflict_WhatResemblesOne_IsKept(string text) => StyleRules.NoMergeConflict(Code(text)).ShouldBeEmpty();

    private static SourceFile Code(string text) => new("src/Atlas.Core/Sample.cs", text);
}
