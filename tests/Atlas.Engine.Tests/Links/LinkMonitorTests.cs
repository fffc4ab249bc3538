using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class LinkMonitorTests : IDisposable
{
    private readonly LinkPoller _poller = LinkPoller.TryOpen(out _)!;

    public void Dispose() => _poller.Dispose();

    [Fact]
    public void Read_TheLinkIsSwitchedOff_IsToldAtBothEnds()
    {
        using Cable cable = Cable.Lay();
        LinkMonitor left = cable.Open(cable.Left, LinkMonitor.TryOpen);
        LinkMonitor right = cable.Open(cable.Right, LinkMonitor.TryOpen);
        left.Read(out _).ShouldBe(-Errno.EAGAIN);

        cable.Left.Ip("link set eth down");
        WaitFor(left, change => IsLink(change, cable.LeftLink) && !change.IsUp && !change.IsRunning);
        WaitFor(right, change => IsLink(change, cable.RightLink) && change.IsUp && !change.IsRunning);

        cable.Left.Ip("link set eth up");
        WaitFor(left, change => IsLink(change, cable.LeftLink) && change.IsUp && change.IsRunning);
        WaitFor(right, change => IsLink(change, cable.RightLink) && change.IsUp && change.IsRunning);

        cable.Left.Ip("link del eth");
        WaitFor(left, change => change.Kind == LinkChangeKind.LinkRemoved && change.LinkIndex == cable.LeftLink.Index);
        WaitFor(right, change => change.Kind == LinkChangeKind.LinkRemoved && change.LinkIndex == cable.RightLink.Index);
    }

    [Theory]
    [InlineData("10.88.0.100", 24)]
    [InlineData("fd88::100", 64)]
    public void Read_AnAddressComesAndGoes_IsTold(string text, int prefix)
    {
        using Cable cable = Cable.Lay();
        LinkMonitor monitor = cable.Open(cable.Left, LinkMonitor.TryOpen);
        LinkTable table = cable.OpenTable(cable.Left);
        LinkAddress address = Addresses.Of(text);
        table.AddAddress(cable.LeftLink.Index, address, prefix).ShouldBe(0);
        ListedAddress added = WaitFor(monitor, change => change.Kind == LinkChangeKind.AddressAdded).Address;
        (added.Address == address).ShouldBeTrue();
        added.PrefixLength.ShouldBe(prefix);
        added.Protocol.ShouldBe(LinkTable.Mark);
        cable.Left.Ip($"address del {text}/{prefix} dev eth");
        LinkChange removed = WaitFor(monitor, change => change.Kind == LinkChangeKind.AddressRemoved);
        removed.LinkIndex.ShouldBe(cable.LeftLink.Index);
        (removed.Address.Address == address).ShouldBeTrue();
    }

    [Theory]
    [InlineData("10.88.0.100", 24)]
    [InlineData("fd88::100", 64)]
    public void KeepAddress_OnceAndNotAgain_LeavesByItself(string text, int prefix)
    {
        using Cable cable = Cable.Lay();
        LinkMonitor monitor = cable.Open(cable.Left, LinkMonitor.TryOpen);
        LinkTable table = cable.OpenTable(cable.Left);
        LinkAddress address = Addresses.Of(text);
        table.KeepAddress(cable.LeftLink.Index, address, prefix, 600).ShouldBe(0);
        cable.Left.Ip("-o address show dev eth").ShouldContain("valid_lft 600sec");

        table.KeepAddress(cable.LeftLink.Index, address, prefix, 1).ShouldBe(0);

        LinkChange removed = WaitFor(monitor, change => change.Kind == LinkChangeKind.AddressRemoved);
        (removed.Address.Address == address).ShouldBeTrue();
    }

    [Fact]
    public void Read_MoreThanFits_IsAnOverrunAndGoesOn()
    {
        using Cable cable = Cable.Lay();
        LinkMonitor monitor = cable.Open(cable.Left, (out int error) => LinkMonitor.TryOpen(1, out error));
        LinkTable table = cable.OpenTable(cable.Left);
        LinkAddress address = Addresses.Of("10.88.0.100");
        for (int i = 0; i < 100; i++)
        {
            table.AddAddress(cable.LeftLink.Index, address, 24).ShouldBe(0);
            table.RemoveAddress(cable.LeftLink.Index, address, 24).ShouldBe(0);
        }

        LinkChange overrun = WaitFor(monitor, change => change.Kind == LinkChangeKind.Overrun);
        overrun.LinkIndex.ShouldBe(0);
        int left = 0;
        while (monitor.Read(out _) == 0)
        {
            left++;
        }

        left.ShouldBeLessThan(100);
        table.AddAddress(cable.LeftLink.Index, address, 24).ShouldBe(0);
        WaitFor(monitor, change => change.Kind == LinkChangeKind.AddressAdded);
    }

    [Fact]
    public void Read_ManyChanges_AllocatesNothing()
    {
        using Cable cable = Cable.Lay();
        LinkMonitor monitor = cable.Open(cable.Left, LinkMonitor.TryOpen);
        LinkTable table = cable.OpenTable(cable.Left);
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 100; i++)
            {
                table.AddAddress(cable.LeftLink.Index, Addresses.Of("10.88.0.100"), 24).ShouldBe(0);
                table.RemoveAddress(cable.LeftLink.Index, Addresses.Of("10.88.0.100"), 24).ShouldBe(0);
            }

            int count = 0;
            allocated = GC.GetAllocatedBytesForCurrentThread();
            while (monitor.Read(out _) == 0)
            {
                count++;
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            count.ShouldBe(200);
        }

        allocated.ShouldBe(0);
    }

    [Fact]
    public void Read_AfterDispose_IsRefused()
    {
        LinkMonitor monitor = LinkMonitor.TryOpen(out int error).ShouldNotBeNull();
        error.ShouldBe(0);
        monitor.Dispose();
        monitor.Dispose();
        monitor.Read(out _).ShouldBe(-Errno.EBADF);
    }

    private static bool IsLink(LinkChange change, NetworkLink link) =>
        change.Kind == LinkChangeKind.Link && change.LinkIndex == link.Index;

    private LinkChange WaitFor(LinkMonitor monitor, Predicate<LinkChange> isSo)
    {
        int slot = _poller.Watch(monitor);
        try
        {
            long deadlineNs = BootClock.ReadNs() + (30 * BootClock.NanosecondsPerSecond);
            while (true)
            {
                while (monitor.Read(out LinkChange change) is var result && result == 0)
                {
                    if (isSo(change))
                    {
                        return change;
                    }
                }

                _poller.Wait(deadlineNs).ShouldBe(1, "never told");
                _poller.IsReady(slot).ShouldBeTrue();
            }
        }
        finally
        {
            _poller.Unwatch(slot);
        }
    }
}
