using System.Globalization;
using System.Text.RegularExpressions;
using Atlas.Engine.Filters;
using Atlas.Engine.Interop;
using Atlas.Engine.Links;
using Atlas.Engine.Tests.Links;

namespace Atlas.Engine.Tests.Filters;

/// <summary>That a host answers for an address as long as it is told to, and no longer.</summary>
public sealed partial class AddressLeaseTests
{
    private const string Ipv4 = "10.88.0.100";
    private const string Ipv6 = "fd88::100";
    private const int Long = 3_600_000;

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Hold_Renewed_IsAnsweredFor(string address)
    {
        using var host = new LeasedHost(address);
        host.Lease.IsHeld.ShouldBeFalse();
        host.Lease.Hold(host.Terms(Long)).ShouldBe(0);
        host.Lease.IsHeld.ShouldBeTrue();
        for (int i = 0; i < 3; i++)
        {
            (host.SaysWho(), host.Takes(), host.TakesOwn()).ShouldBe((true, true, true), host.Shown());
            host.Lease.Renew().ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Hold_RunOut_IsNeitherAnsweredForNorTaken(string address)
    {
        using var host = new LeasedHost(address);
        host.Lease.Hold(host.Terms(answerMs: 1)).ShouldBe(0);
        Eventually.So(() => !host.Takes());
        (host.SaysWho(), host.Takes()).ShouldBe((false, false), host.Shown());
        host.TakesOwn().ShouldBeTrue("who is on the host itself is no client of another one");

        // In force anew, it is answered for at once.
        host.Lease.Hold(host.Terms(Long)).ShouldBe(0);
        (host.SaysWho(), host.Takes()).ShouldBe((true, true), host.Shown());
    }

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Renew_OfOneThatRanOut_IsAnsweredForAgain(string address)
    {
        using var host = new LeasedHost(address);
        host.Lease.Hold(host.Terms(answerMs: 5_000)).ShouldBe(0);
        host.Nft("delete", "element", Family(address), Table, "live", $"{{ {address} }}");
        host.Takes().ShouldBeFalse();
        host.Lease.Renew().ShouldBe(0);
        host.Takes().ShouldBeTrue();
    }

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Renew_OfOneThatRuns_BeginsItsTimeAnew(string address)
    {
        using var host = new LeasedHost(address);
        host.Lease.Hold(host.Terms(Long)).ShouldBe(0);
        Eventually.So(() => LeftMs(host).All(left => left < Long - 100));
        int[] before = LeftMs(host);
        before.Length.ShouldBe(host.Address.IsIpv6 ? 2 : 4, host.Shown());
        host.Lease.Renew().ShouldBe(0);
        LeftMs(host).Min().ShouldBeGreaterThan(before.Max(), host.Shown());
    }

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Dispose_WithoutRemoval_LeavesWhatDoesNothingInTheEnd(string address)
    {
        using var host = new LeasedHost(address);
        host.Lease.Hold(host.Terms(answerMs: 1, filterMs: 2_000)).ShouldBe(0);
        host.Lease.Dispose();
        host.Shown().ShouldContain(Table);
        Eventually.So(() => host.Takes());
        host.SaysWho().ShouldBeTrue("another program may have the address now");
        host.Shown().ShouldContain(Table);

        // The next start removes it.
        AddressLease next = host.Open();
        next.Remove().ShouldBe(0);
        host.Shown().ShouldBeEmpty();
        next.Remove().ShouldBe(0, "where there is none");
    }

    [Fact]
    public void Hold_ByTheNextProcess_TakesThePlaceOfTheFirst()
    {
        using var host = new LeasedHost(Ipv4);
        host.Lease.Hold(host.Terms(answerMs: 1)).ShouldBe(0);
        Eventually.So(() => !host.Takes());
        AddressLease next = host.Open();
        next.Hold(host.Terms(Long)).ShouldBe(0);
        host.Lease.Dispose();
        (host.SaysWho(), host.Takes()).ShouldBe((true, true), host.Shown());
    }

    [Fact]
    public void Hold_OfOtherAddresses_SaysNothingOfTheFirst()
    {
        using var host = new LeasedHost(Ipv4);
        host.Lease.Hold(host.Terms(answerMs: 1)).ShouldBe(0);
        Eventually.So(() => !host.Takes());
        host.Lease.Hold(host.Terms(1) with { Addresses = [Addresses.Of("10.88.0.101"), Addresses.Of("10.88.0.101")] }).ShouldBe(0);
        host.Takes().ShouldBeTrue();
    }

    [Fact]
    public void Renew_OfOneThatSomebodyRemoved_PutsItInForceAnew()
    {
        using var host = new LeasedHost(Ipv4);
        host.Lease.Renew().ShouldBe(0, "nothing is in force");
        host.Shown().ShouldBeEmpty();
        host.Lease.Hold(host.Terms(Long)).ShouldBe(0);
        host.Nft("flush", "ruleset");
        host.Lease.Renew().ShouldBe(0);
        host.Shown().ShouldContain(Table);
        host.Lease.Remove().ShouldBe(0);
        host.Lease.Renew().ShouldBe(0, "nothing is in force any more");
        host.Shown().ShouldBeEmpty();
    }

    [Fact]
    public void Hold_BesideTheTablesOfOthers_LeavesThemAlone()
    {
        using var host = new LeasedHost(Ipv4);
        host.Nft("add table ip other { set live { type ipv4_addr; elements = { 192.0.2.1 }; }; }");
        string before = host.Shown();
        host.Lease.Hold(host.Terms(Long)).ShouldBe(0);
        host.Lease.Remove().ShouldBe(0);
        host.Shown().ShouldBe(before);
    }

    [Fact]
    public void Try_WhatTheKernelTakes_LeavesNothing()
    {
        using var host = new LeasedHost(Ipv4);
        host.Lease.Try(host.Terms(1)).ShouldBe(0);
        host.Lease.IsHeld.ShouldBeFalse();
        host.Shown().ShouldBeEmpty();
    }

    [Fact]
    public void Renew_OfManyAddresses_AllocatesNothing()
    {
        using var host = new LeasedHost(Ipv4);
        LinkAddress[] addresses = [.. Enumerable.Range(1, 255).Select(last => LinkAddress.Of([10, 99, 0, (byte)last]))];
        host.Lease.Hold(host.Terms(Long) with { Addresses = addresses }).ShouldBe(0);
        host.Lease.Renew().ShouldBe(0);
        int failed = 0;

        // The runtime itself may allocate on a thread, once: what renewals allocate comes in each round.
        long fewest = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                failed += host.Lease.Renew() == 0 ? 0 : 1;
            }

            fewest = Math.Min(fewest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        (failed, fewest).ShouldBe((0, 0));
        LeftMs(host).Length.ShouldBe(4 * addresses.Length);
    }

    [Fact]
    public void Calls_ThatCantBe_AreRefused()
    {
        using var host = new LeasedHost(Ipv4);
        AddressLeaseTerms terms = host.Terms(100);
        host.Lease.Hold(terms with { Addresses = [] }).ShouldBe(-Errno.EINVAL);
        host.Lease.Hold(terms with { Addresses = [Addresses.Of(Ipv6)] }).ShouldBe(-Errno.EINVAL);
        host.Lease.Hold(terms with { Addresses = [default] }).ShouldBe(-Errno.EINVAL);
        host.Lease.Hold(terms with { AnswerMs = 0 }).ShouldBe(-Errno.EINVAL);
        host.Lease.Hold(terms with { FilterMs = 99 }).ShouldBe(-Errno.EINVAL);
        host.Lease.IsHeld.ShouldBeFalse();
        host.Shown().ShouldBeEmpty();
        AddressLease.TryOpen(new string('a', 255 - AddressLease.Prefix.Length), false, out int error).ShouldNotBeNull().Dispose();
        AddressLease.TryOpen(new string('a', 256 - AddressLease.Prefix.Length), false, out error).ShouldBeNull();
        error.ShouldBe(Errno.EINVAL);
        host.Lease.Dispose();
        host.Lease.Dispose();
        host.Lease.Hold(terms).ShouldBe(-Errno.EBADF);
        host.Lease.Remove().ShouldBe(-Errno.EBADF);
    }

    [Fact]
    public void Hold_WithoutRights_IsNotPermitted()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "rights can be given up by who has them: run the tests as root");
        LinkRightsTests.WithoutRights(() =>
        {
            using AddressLease lease = AddressLease.TryOpen("none", false, out int error).ShouldNotBeNull();
            error.ShouldBe(0);
            var terms = new AddressLeaseTerms { Addresses = [Addresses.Of(Ipv4)], AnswerMs = 1, FilterMs = 1 };
            return (lease.Hold(terms), lease.Try(terms), lease.Remove());
        }).ShouldBe((-Errno.EPERM, -Errno.EPERM, -Errno.EPERM));
    }

    private const string Table = "atlas-vrrp/eth/51";

    private static string Family(string address) => address == Ipv6 ? "ip6" : "ip";

    /// <summary>How long each element is still there, in milliseconds.</summary>
    private static int[] LeftMs(LeasedHost host) =>
    [
        .. Expires().Matches(host.Shown()).Select(match =>
            (Number(match, "h") * 3_600_000) + (Number(match, "m") * 60_000) + (Number(match, "s") * 1_000) + Number(match, "ms")),
    ];

    private static int Number(Match match, string unit) =>
        match.Groups[unit] is { Success: true } group ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"expires (?:(?<h>\d+)h)?(?:(?<m>\d+)m(?!s))?(?:(?<s>\d+)s)?(?:(?<ms>\d+)ms)?")]
    private static partial Regex Expires();
}
