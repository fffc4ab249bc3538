using Atlas.Running.Upgrades;

namespace Atlas.Tests.Running.Upgrades;

public sealed class LogPlaceTests
{
    [Theory]
    [InlineData("8:123", "0::/system.slice/atlas.service\n", "in the service's log (journalctl -u atlas)")]
    [InlineData("8:123", "1:name=systemd:/system.slice/atlas@eu.service/sub\n0::/\n", "in the service's log (journalctl -u atlas@eu)")]
    [InlineData("8:123", "0::/user.slice/session-1.scope\n", "in the journal (journalctl)")]
    [InlineData("8:123", "", "in the journal (journalctl)")]
    [InlineData("", "0::/system.slice/atlas.service\n", "on the standard error of the process that serves")]
    [InlineData(null, "0::/system.slice/atlas.service\n", "on the standard error of the process that serves")]
    public void Of_WhatSystemdSays_IsWhereToLook(string? journal, string cgroups, string expected) =>
        LogPlace.Of(journal, cgroups).ShouldBe(expected);
}
