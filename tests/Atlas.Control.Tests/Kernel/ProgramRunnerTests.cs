using Atlas.Control.Kernel;

namespace Atlas.Control.Tests.Kernel;

public sealed class ProgramRunnerTests
{
    private readonly ProgramRunner _runner = new();

    [Fact]
    public void Run_Program_GetsItsInputAndGivesItsOutput()
    {
        ProgramResult result = _runner.Run("sh", ["-c", "cat; echo bad >&2"], "hello");

        result.ShouldBe(new ProgramResult(ProgramOutcome.Done, "hello", "bad\n"));
    }

    [Fact]
    public void Run_ProgramFails_SaysSo() => _runner.Run("sh", ["-c", "exit 3"]).Outcome.ShouldBe(ProgramOutcome.Failed);

    [Fact]
    public void Run_ProgramDoesNotReadItsInput_IsNoError() =>
        _runner.Run("true", [], new string('x', 10_000_000)).Outcome.ShouldBe(ProgramOutcome.Done);

    [Fact]
    public void Run_ProgramDoesNotEnd_IsKilled()
    {
        ProgramResult result = new ProgramRunner(TimeSpan.FromMilliseconds(100)).Run("sleep", ["600"]);

        result.Outcome.ShouldBe(ProgramOutcome.Killed);
        result.Error.ShouldContain("did not end within 0.1 s");
    }

    [Fact]
    public void Run_ProgramWritesTooMuch_IsKilled() =>
        _runner.Run("yes", []).Outcome.ShouldBe(ProgramOutcome.Killed);

    [Fact]
    public void Run_NoSuchProgram_IsMissing()
    {
        _runner.Has("no-such-program").ShouldBeFalse();
        _runner.Run("no-such-program", []).Outcome.ShouldBe(ProgramOutcome.Missing);
    }
}
