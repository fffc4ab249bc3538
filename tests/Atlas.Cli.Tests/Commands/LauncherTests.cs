using System.Diagnostics;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Commands;

/// <summary>The script <c>./atlas</c>, which builds the program where it has to.</summary>
public sealed class LauncherTests
{
    [Fact]
    public async Task Launcher_SecondStart_BuildsNothing()
    {
        await using RunningProgram first = Start();
        (await first.EndAsync(TimeSpan.FromMinutes(4))).ShouldBe(0, first.Errors);
        await using RunningProgram second = Start();
        (await second.EndAsync()).ShouldBe(0, second.Errors);

        first.Output.ShouldMatch(@"\Aatlas \d\S*\n\z");
        second.Output.ShouldBe(first.Output);
        second.Errors.ShouldBeEmpty();
    }

    private static RunningProgram Start() =>
        RunningProgram.Start(new ProcessStartInfo(Path.Combine(Checkout.Root, "atlas")), "version");
}
