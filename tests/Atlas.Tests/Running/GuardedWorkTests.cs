using Atlas.Running;

namespace Atlas.Tests.Running;

public sealed class GuardedWorkTests
{
    private readonly List<string> _lines = [];

    [Fact]
    public void Run_WorkThatThrows_IsToldAndEndsNothing()
    {
        GuardedWork.Run(() => throw new InvalidOperationException("no such pool"), "servers stay as they are", _lines.Add);

        _lines.ShouldBe(["servers stay as they are: InvalidOperationException: no such pool"]);
    }

    [Fact]
    public void Run_WorkThatEnds_SaysNothing()
    {
        int done = 0;

        GuardedWork.Run(() => done++, "servers stay as they are", _lines.Add);

        done.ShouldBe(1);
        _lines.ShouldBeEmpty();
    }
}
