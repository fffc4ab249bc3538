using Atlas.Commands;

namespace Atlas.Tests.Commands;

public sealed class OwnCommandTests
{
    [Theory]
    [InlineData(null, "atlas")]
    [InlineData("", "atlas")]
    [InlineData("./atlas", "./atlas")]
    [InlineData("../some-where/atlas_2.0/atlas", "../some-where/atlas_2.0/atlas")]
    [InlineData("/my folder/atlas", "atlas")]
    [InlineData("./$(atlas)", "atlas")]
    public void Of_WhatWasTyped_IsSaidWhereItNeedsNoQuotes(string? typed, string expected) => OwnCommand.Of(typed).ShouldBe(expected);
}
