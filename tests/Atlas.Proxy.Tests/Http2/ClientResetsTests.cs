using System.Net;
using Atlas.Proxy.Http2;

namespace Atlas.Proxy.Tests.Http2;

public sealed class ClientResetsTests
{
    private readonly ClientResets _resets = new();

    [Fact]
    public void Exceeds_OneMoreThanTheMost_IsTooMany()
    {
        Count("10.0.0.1", ClientResets.MaxResets).ShouldBeFalse();
        Count("10.0.0.1", 1, nowMs: ClientResets.PeriodMs - 1).ShouldBeTrue();
        Count("10.0.0.2", 1).ShouldBeFalse();
    }

    [Fact]
    public void Exceeds_InTheNextPeriod_CountsAnew()
    {
        Count("10.0.0.1", ClientResets.MaxResets + 1).ShouldBeTrue();

        Count("10.0.0.1", ClientResets.MaxResets, nowMs: ClientResets.PeriodMs).ShouldBeFalse();
        Count("10.0.0.1", 1, nowMs: ClientResets.PeriodMs).ShouldBeTrue();
    }

    [Fact]
    public void Exceeds_AddressesOfOneNetwork_CountTogether()
    {
        Count("2001:db8::1", ClientResets.MaxResets).ShouldBeFalse();

        Count("2001:db8::2", 1).ShouldBeTrue();
        Count("2001:db8:0:1::1", 1).ShouldBeFalse();
    }

    [Fact]
    public void Exceeds_MoreAddressesThanAreKnown_KeepsThoseWithTheMost()
    {
        Count("10.0.0.1", ClientResets.MaxResets).ShouldBeFalse();
        for (int i = 0; i < 10 * ClientResets.MaxClients; i++)
        {
            _resets.Exceeds([11, (byte)(i >> 16), (byte)(i >> 8), (byte)i], 0).ShouldBeFalse();
        }

        Count("10.0.0.1", 1).ShouldBeTrue();
    }

    [Fact]
    public void Exceeds_OfAUnixSocket_IsNotCounted()
    {
        for (int i = 0; i <= ClientResets.MaxResets; i++)
        {
            _resets.Exceeds([], 0).ShouldBeFalse();
        }
    }

    private bool Count(string ip, int times, long nowMs = 0)
    {
        bool last = false;
        for (int i = 0; i < times; i++)
        {
            last = _resets.Exceeds(IPAddress.Parse(ip).GetAddressBytes(), nowMs);
        }

        return last;
    }
}
