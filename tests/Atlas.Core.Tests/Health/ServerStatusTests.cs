using Atlas.Core.Health;
using CsCheck;

namespace Atlas.Core.Tests.Health;

public sealed class ServerStatusTests
{
    private static readonly Gen<ServerStatus> Statuses =
        Gen.Select(Gen.Enum<AdminState>(), Gen.Enum<ServerHealth>(), Gen.Bool, (admin, health, ejected) =>
            new ServerStatus(admin, health, ejected));

    // Of what it takes and is: n new requests, s sticky ones, ! requests in panic, p probes.
    [Theory]
    [InlineData(AdminState.Ready, ServerHealth.Unknown, false, "ns!p")]
    [InlineData(AdminState.Ready, ServerHealth.Unknown, true, "!p")]
    [InlineData(AdminState.Ready, ServerHealth.Up, false, "ns!p")]
    [InlineData(AdminState.Ready, ServerHealth.Up, true, "!p")]
    [InlineData(AdminState.Ready, ServerHealth.Down, false, "!p")]
    [InlineData(AdminState.Ready, ServerHealth.Down, true, "!p")]
    [InlineData(AdminState.Drain, ServerHealth.Unknown, false, "sp")]
    [InlineData(AdminState.Drain, ServerHealth.Unknown, true, "p")]
    [InlineData(AdminState.Drain, ServerHealth.Up, false, "sp")]
    [InlineData(AdminState.Drain, ServerHealth.Up, true, "p")]
    [InlineData(AdminState.Drain, ServerHealth.Down, false, "p")]
    [InlineData(AdminState.Drain, ServerHealth.Down, true, "p")]
    [InlineData(AdminState.Maintenance, ServerHealth.Unknown, false, "")]
    [InlineData(AdminState.Maintenance, ServerHealth.Unknown, true, "")]
    [InlineData(AdminState.Maintenance, ServerHealth.Up, false, "")]
    [InlineData(AdminState.Maintenance, ServerHealth.Up, true, "")]
    [InlineData(AdminState.Maintenance, ServerHealth.Down, false, "")]
    [InlineData(AdminState.Maintenance, ServerHealth.Down, true, "")]
    public void Status_TheWholeTable_Follows(AdminState admin, ServerHealth health, bool isEjected, string expected)
    {
        var status = new ServerStatus(admin, health, isEjected);

        string takes = (status.TakesNew ? "n" : "") + (status.TakesSticky ? "s" : "")
            + (status.TakesInPanic ? "!" : "") + (status.IsProbed ? "p" : "");

        takes.ShouldBe(expected);
    }

    [Fact]
    public void Status_Stricter_TakesNothingMore() =>
        Gen.Select(Statuses, Gen.Enum<AdminState>()).Sample((status, wish) =>
        {
            ServerStatus strict = status with { Admin = AdminStates.Stricter(status.Admin, wish) };

            (strict.TakesNew && !status.TakesNew).ShouldBeFalse();
            (strict.TakesSticky && !status.TakesSticky).ShouldBeFalse();
            (strict.TakesInPanic && !status.TakesInPanic).ShouldBeFalse();
            (strict.IsProbed && !status.IsProbed).ShouldBeFalse();
        });

    [Theory]
    [InlineData(AdminState.Ready, AdminState.Drain, AdminState.Drain)]
    [InlineData(AdminState.Maintenance, AdminState.Drain, AdminState.Maintenance)]
    [InlineData(AdminState.Ready, AdminState.Maintenance, AdminState.Maintenance)]
    [InlineData(AdminState.Ready, AdminState.Ready, AdminState.Ready)]
    public void Stricter_OfTwo_IsTheSameEitherWay(AdminState one, AdminState other, AdminState expected)
    {
        AdminStates.Stricter(one, other).ShouldBe(expected);
        AdminStates.Stricter(other, one).ShouldBe(expected);
    }
}
