using Atlas.Engine.Interop;
using Atlas.Engine.Links;

namespace Atlas.Engine.Tests.Links;

public sealed class LinkTableTests
{
    [Fact]
    public void Find_ALink_SaysWhatItIs()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        table.Find("eth", out NetworkLink? link).ShouldBe(0);
        link.ShouldNotBeNull();
        link.Name.ShouldBe("eth");
        link.Index.ShouldBeGreaterThan(1);
        link.HardwareAddress.ToString().ShouldBe("02:00:5e:10:00:01");
        link.Mtu.ShouldBe(1400);
        (link.IsUp, link.IsRunning, link.HasMulticast, link.HasArp, link.IsLoopback).ShouldBe((true, true, true, true, false));
        table.Find(link.Index, out NetworkLink? again).ShouldBe(0);
        again.ShouldBe(link);

        table.Find("lo", out NetworkLink? loopback).ShouldBe(0);
        loopback.ShouldNotBeNull();
        (loopback.IsLoopback, loopback.IsUp, loopback.IsRunning, loopback.HasArp).ShouldBe((true, false, false, false));

        cable.Left.Ip("link set eth name renamed");
        table.Find("eth", out _).ShouldBe(-Errno.ENODEV);
        table.Find(link.Index, out again).ShouldBe(0);
        again.ShouldNotBeNull().Name.ShouldBe("renamed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no-such-link")]
    [InlineData("a-name-of-16-byt")]
    [InlineData("a-name-that-is-longer-than-any-link-may-have")]
    [InlineData("lo\0")]
    public void Find_AnUnknownName_IsNoDevice(string name)
    {
        using LinkTable table = LinkTable.TryOpen(out int error).ShouldNotBeNull();
        error.ShouldBe(0);
        table.Find(name, out NetworkLink? link).ShouldBe(-Errno.ENODEV);
        link.ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Find_AnUnknownNumber_IsNoDevice(int index)
    {
        using LinkTable table = LinkTable.TryOpen(out _).ShouldNotBeNull();
        table.Find(index, out NetworkLink? link).ShouldBe(-Errno.ENODEV);
        link.ShouldBeNull();
    }

    [Theory]
    [InlineData("10.88.0.100", 24)]
    [InlineData("10.88.0.100", 32)]
    [InlineData("192.0.2.1", 24)]
    [InlineData("fd88::100", 64)]
    [InlineData("fd88::100", 128)]
    [InlineData("fe80::100", 64)]
    [InlineData("2001:db8::1", 64)]
    public void AddAddress_ThenRemoved_IsThereMarkedAndGone(string text, int prefix)
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        LinkAddress address = Addresses.Of(text);
        int index = cable.LeftLink.Index;
        List<ListedAddress> before = List(table, index);
        before.ShouldAllBe(known => known.Protocol != LinkTable.Mark && known.Address != address);

        table.AddAddress(index, address, prefix).ShouldBe(0);
        ListedAddress added = List(table, index).Single(known => known.Protocol == LinkTable.Mark);
        (added.Address == address).ShouldBeTrue();
        added.PrefixLength.ShouldBe(prefix);
        added.LinkIndex.ShouldBe(index);
        added.IsUsable.ShouldBeTrue("it must be usable at once");
        table.AddAddress(index, address, prefix).ShouldBe(-Errno.EEXIST);
        List(table, index).Count.ShouldBe(before.Count + 1);

        table.RemoveAddress(index, address, prefix - 1).ShouldBe(-Errno.EADDRNOTAVAIL);
        table.RemoveAddress(index, address, prefix).ShouldBe(0);
        table.RemoveAddress(index, address, prefix).ShouldBe(-Errno.EADDRNOTAVAIL);
        List(table, index).ShouldBe(before);
    }

    [Fact]
    public void ListAddresses_WhatOthersAdded_HasNoMark()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        int index = cable.LeftLink.Index;
        cable.Left.Ip("address add 10.88.0.7/32 dev eth");
        table.AddAddress(index, Addresses.Of("10.88.0.7"), 32).ShouldBe(-Errno.EEXIST);
        List<ListedAddress> addresses = List(table, index);
        addresses.Select(known => $"{known.Address}/{known.PrefixLength}").ShouldBe(
            ["10.88.0.1/24", "10.88.0.7/32", "fd88::1/64", "fe80::1/64"], ignoreOrder: true);
        addresses.ShouldAllBe(known => known.Protocol != LinkTable.Mark);
        List(table, 0).Count.ShouldBe(addresses.Count, "the loopback is down and has none");
        List(table, int.MaxValue).ShouldBeEmpty();
    }

    [Fact]
    public void ListAddresses_ThousandsOfThem_AreAllThere()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        int index = cable.LeftLink.Index;
        const int Count = 2000;
        for (int i = 0; i < Count; i++)
        {
            table.AddAddress(index, LinkAddress.Of([10, 99, (byte)(i >> 8), (byte)i]), 32).ShouldBe(0);
        }

        List(table, index).Count(known => known.Protocol == LinkTable.Mark).ShouldBe(Count);
    }

    [Fact]
    public void ListAddresses_ChangedMeanwhile_LacksNoneThatStays()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        LinkTable other = cable.OpenTable(cable.Left);
        int index = cable.LeftLink.Index;
        const int Count = 500;
        for (int i = 0; i < Count; i++)
        {
            table.AddAddress(index, LinkAddress.Of([10, 99, (byte)(i >> 8), (byte)i]), 32).ShouldBe(0);
        }

        using var end = new CancellationTokenSource();
        var changes = new Thread(() =>
        {
            LinkAddress address = Addresses.Of("10.98.0.1");
            while (!end.IsCancellationRequested)
            {
                other.AddAddress(index, address, 32);
                other.RemoveAddress(index, address, 32);
            }
        });
        changes.Start();
        try
        {
            var addresses = new List<ListedAddress>();
            for (int i = 0; i < 200; i++)
            {
                int result = table.ListAddresses(index, addresses);
                result.ShouldBeOneOf(0, -Errno.EINTR);
                int staying = addresses.Count(known => known.Protocol == LinkTable.Mark && known.Address != Addresses.Of("10.98.0.1"));
                (result < 0 || staying == Count).ShouldBeTrue();
            }
        }
        finally
        {
            end.Cancel();
            changes.Join();
        }

        List(table, index).Count(known => known.Protocol == LinkTable.Mark).ShouldBe(Count);
    }

    [Fact]
    public void RemoveAddress_OfTheLinksNetwork_LeavesTheLinksOwn()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        LinkAddress address = Addresses.Of("10.88.0.100");
        table.AddAddress(cable.LeftLink.Index, address, 24).ShouldBe(0);
        List(table, cable.LeftLink.Index).Single(known => known.Address == address).IsSecondary.ShouldBeTrue();
        cable.Left.Ip("route get 10.88.0.2").ShouldContain("src 10.88.0.1");
        table.RemoveAddress(cable.LeftLink.Index, address, 24).ShouldBe(0);
        cable.Left.Ip("route get 10.88.0.2").ShouldContain("src 10.88.0.1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void KeepAddress_InANetworkThatTheLinkHasForATime_LeavesItsRouteOnlyIfToldOfIt(bool hasRoute)
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        cable.Left.Ip("address add fd99::1/64 dev eth nodad valid_lft 86400 preferred_lft 86400");
        for (int i = 0; i < 2; i++)
        {
            table.KeepAddress(cable.LeftLink.Index, Addresses.Of("fd99::100"), 64, seconds: 60, hasRoute).ShouldBe(0);
        }

        cable.Left.Ip("-6 route show fd99::/64").Contains("expires 8", StringComparison.Ordinal).ShouldBe(hasRoute);
        List(table, cable.LeftLink.Index).ShouldContain(known => known.Address == Addresses.Of("fd99::100"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RemoveAddress_OfTheFirstOfANetwork_LeavesTheOthersIfTheyArePromoted(bool isPromoted)
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        int index = cable.LeftLink.Index;
        table.AddAddress(index, Addresses.Of("10.99.0.1"), 24).ShouldBe(0);
        cable.Left.Ip("address add 10.99.0.2/24 dev eth");
        List(table, index).Where(known => known.IsSecondary).ShouldHaveSingleItem().Address.ToString().ShouldBe("10.99.0.2");
        if (isPromoted)
        {
            table.PromoteSecondaries(index).ShouldBe(0);
        }

        table.RemoveAddress(index, Addresses.Of("10.99.0.1"), 24).ShouldBe(0);

        List(table, index).Count(known => known.Address == Addresses.Of("10.99.0.2")).ShouldBe(isPromoted ? 1 : 0);
        table.PromoteSecondaries(int.MaxValue).ShouldBe(-Errno.ENODEV);
    }

    [Fact]
    public void KeepAddress_ForATime_IsNotPermanent()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        int index = cable.LeftLink.Index;
        foreach (string text in (string[])["10.99.0.1", "2001:db8::1"])
        {
            LinkAddress address = Addresses.Of(text);
            table.KeepAddress(index, address, 24, 60).ShouldBe(0);
            List(table, index).Single(known => known.Address == address).IsPermanent.ShouldBeFalse();
            table.RemoveAddress(index, address, 24).ShouldBe(0);
            table.AddAddress(index, address, 24).ShouldBe(0);
            List(table, index).Single(known => known.Address == address).IsPermanent.ShouldBeTrue();
        }
    }

    [Fact]
    public void AddAddress_OfAnotherNetwork_BringsItsRoute()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        table.AddAddress(cable.LeftLink.Index, Addresses.Of("192.0.2.1"), 24).ShouldBe(0);
        cable.Left.Ip("route show").ShouldContain("192.0.2.0/24 dev eth");
    }

    [Fact]
    public void AddAddress_OneIpv6Address_IsNotChosenForWhatTheHostSends()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        table.AddAddress(cable.LeftLink.Index, Addresses.Of("fd88::100"), 128).ShouldBe(0);
        table.AddAddress(cable.LeftLink.Index, Addresses.Of("fd88::200"), 64).ShouldBe(0);
        string[] lines = cable.Left.Ip("-6 address show dev eth").Split('\n');
        lines.Single(line => line.Contains("fd88::100/128", StringComparison.Ordinal)).ShouldContain("deprecated");
        lines.Single(line => line.Contains("fd88::200/64", StringComparison.Ordinal)).ShouldNotContain("deprecated");
        lines.ShouldAllBe(line => !line.Contains("tentative"));
    }

    [Fact]
    public void AddAddress_WhatCantBe_IsRefused()
    {
        using Cable cable = Cable.Lay();
        LinkTable table = cable.OpenTable(cable.Left);
        LinkAddress address = Addresses.Of("192.0.2.1");
        int index = cable.LeftLink.Index;
        table.AddAddress(index, address, 33).ShouldBe(-Errno.EINVAL);
        table.AddAddress(index, address, -1).ShouldBe(-Errno.EINVAL);
        table.AddAddress(index, Addresses.Of("fd88::9"), 129).ShouldBe(-Errno.EINVAL);
        table.AddAddress(index, default, 0).ShouldBe(-Errno.EINVAL);
        table.AddAddress(index, Addresses.Of("224.0.0.18"), 24).ShouldBe(-Errno.EINVAL);
        table.AddAddress(0, address, 24).ShouldBe(-Errno.EINVAL);
        table.AddAddress(int.MaxValue, address, 24).ShouldBe(-Errno.ENODEV);
        table.AddAddress(int.MaxValue, Addresses.Of("fd88::9"), 64).ShouldBe(-Errno.ENODEV);
        table.RemoveAddress(int.MaxValue, address, 24).ShouldBe(-Errno.ENODEV);
        table.RemoveAddress(int.MaxValue, Addresses.Of("fd88::9"), 64).ShouldBe(-Errno.ENODEV);
        table.RemoveAddress(index, address, 33).ShouldBe(-Errno.EINVAL);
    }

    [Fact]
    public void Calls_AfterDispose_AreRefused()
    {
        LinkTable table = LinkTable.TryOpen(out _).ShouldNotBeNull();
        table.Dispose();
        table.Dispose();
        table.Find("lo", out _).ShouldBe(-Errno.EBADF);
        table.ListAddresses(0, []).ShouldBe(-Errno.EBADF);
        table.AddAddress(1, Addresses.Of("192.0.2.1"), 24).ShouldBe(-Errno.EBADF);
    }

    private static List<ListedAddress> List(LinkTable table, int index)
    {
        var addresses = new List<ListedAddress>();
        table.ListAddresses(index, addresses).ShouldBe(0);
        return addresses;
    }
}
