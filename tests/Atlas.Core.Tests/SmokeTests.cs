namespace Atlas.Core.Tests;

public sealed class SmokeTests
{
    [Fact]
    public void Smoke_Runs() => 1.ShouldBe(1);
}
