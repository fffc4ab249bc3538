using Atlas.Core.HighAvailability;
using Atlas.Engine.Tls;
using Atlas.Running.Tls;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Tests.Running.Tls;

/// <summary>Which nodes take each other's tickets. That a ticket which is accepted resumes, the tests of the engine show.</summary>
public sealed class TlsTicketsTests : IDisposable
{
    private static readonly ClusterSecret Secret = new("0123456789abcdef"u8);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(TlsTicketKeys.PeriodSeconds);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 4, 0, 0, TimeSpan.Zero));
    private readonly FakeTimeProvider _otherTime = new(new DateTimeOffset(2030, 1, 1, 4, 0, 0, TimeSpan.Zero));
    private readonly TlsTickets _one;
    private readonly TlsTickets _other;

    public TlsTicketsTests()
    {
        _one = new TlsTickets(_time);
        _other = new TlsTickets(_otherTime);
    }

    public void Dispose()
    {
        _one.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Use_OneSecret_TicketsAreTakenByAllNodes()
    {
        _one.Ring.Keys.Accepts(_other.Ring.Keys).ShouldBeFalse("without a secret they are each one's own");
        _one.Use(Secret);
        _other.Use(new ClusterSecret("0123456789abcdef"u8));
        TakeEachOthers().ShouldBeTrue();
        _other.Use(new ClusterSecret("0123456789abcdeg"u8));
        TakeEachOthers().ShouldBeFalse();
        _one.Ring.Keys.Accepts(_other.Ring.Keys).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(60, true)]
    [InlineData(8 * 60, true)]
    [InlineData(3 * 8 * 60, false)]
    public void Use_ClocksThatDiffer_TakeEachOthersForAPeriod(int minutesAhead, bool expected)
    {
        _otherTime.Advance(TimeSpan.FromMinutes(minutesAhead));
        _one.Use(Secret);
        _other.Use(Secret);
        TakeEachOthers().ShouldBe(expected);
    }

    [Fact]
    public void Rotation_WithASecret_FollowsTheWallClockWithinAMinute()
    {
        _one.Use(Secret);
        TlsTicketKeys first = _one.Ring.Keys;
        _time.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        _one.Ring.Keys.ShouldBeSameAs(first, "the period is from 0 to 8 o'clock");
        _time.Advance(TimeSpan.FromMinutes(1));
        TlsTicketKeys second = _one.Ring.Keys;
        second.ShouldNotBeSameAs(first);
        (second.Accepts(first), first.Accepts(second)).ShouldBe((true, true));
        _time.Advance(3 * Period);
        _one.Ring.Keys.Accepts(first).ShouldBeFalse();

        // A node that starts now has the same.
        _otherTime.Advance(TimeSpan.FromHours(4) + (3 * Period));
        _other.Use(Secret);
        TakeEachOthers().ShouldBeTrue();
    }

    [Fact]
    public void Rotation_WithoutASecret_IsOncePerPeriod()
    {
        TlsTicketKeys first = _one.Ring.Keys;
        _time.Advance(Period - TimeSpan.FromMinutes(1));
        _one.Ring.Keys.ShouldBeSameAs(first);
        _time.Advance(TimeSpan.FromMinutes(2));
        _one.Ring.Keys.ShouldNotBeSameAs(first);
        _one.Ring.Keys.Accepts(first).ShouldBeTrue();
    }

    [Fact]
    public void Use_TheSameSecretAgain_ChangesNothingAndNoneMakesRandomOnes()
    {
        _one.Use(null);
        TlsTicketKeys random = _one.Ring.Keys;
        _one.Use(null);
        _one.Ring.Keys.ShouldBeSameAs(random);
        _one.Use(Secret);
        TlsTicketKeys derived = _one.Ring.Keys;
        _one.Use(new ClusterSecret("0123456789abcdef"u8));
        _one.Ring.Keys.ShouldBeSameAs(derived);
        _one.Use(null);
        _one.Ring.Keys.Accepts(derived).ShouldBeFalse();
    }

    private bool TakeEachOthers() => _one.Ring.Keys.Accepts(_other.Ring.Keys) && _other.Ring.Keys.Accepts(_one.Ring.Keys);
}
