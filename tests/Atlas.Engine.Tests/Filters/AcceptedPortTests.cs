using Atlas.Engine.Filters;
using Atlas.Engine.Interop;

namespace Atlas.Engine.Tests.Filters;

/// <summary>What is taken at leased addresses, where that is not everything.</summary>
public sealed class AcceptedPortTests
{
    private const string Ipv4 = "10.88.0.100";
    private const string Ipv6 = "fd88::100";
    private const int Long = 3_600_000;
    private const int Served = 8_080;
    private const int NotServed = 22;

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Accepts_Ports_OthersAreNotReached(string address)
    {
        using var host = new LeasedHost(address);
        Hold(host, new AcceptedPort(IsUdp: false, Served));
        (host.Connects(Served), host.Connects(NotServed), host.Takes()).ShouldBe((true, false, false), host.Shown());
        host.SaysWho().ShouldBeTrue("who has the address must be known");
        host.TakesOwn().ShouldBeTrue("who is on the host itself is not kept from anything");

        // Of UDP is not of TCP.
        Hold(host, new AcceptedPort(IsUdp: true, host.Port));
        (host.Connects(Served), host.Connects(host.Port), host.Takes()).ShouldBe((false, false, true), host.Shown());
    }

    [Theory]
    [InlineData(Ipv4)]
    [InlineData(Ipv6)]
    public void Accepts_Everything_IsTheDefault(string address)
    {
        using var host = new LeasedHost(address);
        host.Lease.Hold(host.Terms(Long)).ShouldBe(0);
        byte echo = host.Address.IsIpv6 ? (byte)128 : (byte)8;
        (host.Connects(Served), host.Connects(NotServed), host.Takes(), host.FirstTaken(echo)).ShouldBe((true, true, true, echo));
    }

    // RFC 792, RFC 4443: an echo request, and each message that a connection has to learn of.
    [Theory]
    [InlineData(Ipv4, 8, new byte[] { 3, 11, 12 })]
    [InlineData(Ipv6, 128, new byte[] { 1, 2, 3, 4, 136 })]
    public void Accepts_NoPort_TakesWhatPathsTellAndNoEcho(string address, byte echo, byte[] told)
    {
        using var host = new LeasedHost(address);
        Hold(host);
        foreach (byte type in told)
        {
            host.FirstTaken(echo, type).ShouldBe(type, host.Shown());
        }
    }

    [Fact]
    public void Accepts_APortForATime_EndsIt()
    {
        using var host = new LeasedHost(Ipv4);
        Hold(host, new AcceptedPort(IsUdp: true, host.Port, TimeoutMs: Long));
        host.Takes().ShouldBeTrue();
        Hold(host, new AcceptedPort(IsUdp: true, host.Port, TimeoutMs: 1));
        Eventually.So(() => !host.Takes());

        Hold(host, new AcceptedPort(IsUdp: true, host.Port));
        host.Lease.Renew().ShouldBe(0);
        host.Takes().ShouldBeTrue();
    }

    [Fact]
    public void Accepts_AFragmentedDatagram_OnlyAtItsPort()
    {
        foreach (string address in (string[])[Ipv4, Ipv6])
        {
            using var host = new LeasedHost(address);
            Hold(host, new AcceptedPort(IsUdp: true, host.Port));
            host.Takes(length: 4_000).ShouldBeTrue(host.Shown());
            Hold(host, new AcceptedPort(IsUdp: true, NotServed));
            host.Takes(length: 4_000).ShouldBeFalse(host.Shown());
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(65_536, 0)]
    [InlineData(80, -1)]
    public void Accepts_WhatCantBe_IsRefused(int port, int timeoutMs)
    {
        using var host = new LeasedHost(Ipv4);
        host.Lease.Hold(host.Terms(Long) with { Accepts = [new AcceptedPort(false, port, timeoutMs)] }).ShouldBe(-Errno.EINVAL);
        host.Shown().ShouldBeEmpty();
    }

    private static void Hold(LeasedHost host, params AcceptedPort[] ports)
    {
        host.Lease.Try(host.Terms(Long) with { Accepts = ports }).ShouldBe(0);
        host.Lease.Hold(host.Terms(Long) with { Accepts = ports }).ShouldBe(0);
    }
}
