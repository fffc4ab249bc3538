using System.Globalization;
using System.Text;
using Atlas.Control.HighAvailability.Peers;
using Atlas.Core.HighAvailability;
using Atlas.Core.Telemetry;

namespace Atlas.Control.Tests.HighAvailability.Peers;

public sealed class PeerFamiliesTests
{
    [Fact]
    public void Write_APeer_HasASampleOfEachThatIsKnown()
    {
        DateTimeOffset now = DateTimeOffset.UnixEpoch.AddHours(1);
        var known = new PeerReport("b", "10.0.0.2:9901", PeerState.Alive, PeerReason.Serving, now)
        {
            LastHeard = now.AddSeconds(-2),
            RoundTrip = TimeSpan.FromMilliseconds(3),
            ClockAhead = TimeSpan.FromSeconds(-4),
            Restarts = 5,
        };
        var unknown = new PeerReport("c", "10.0.0.3:9901", PeerState.Unknown, PeerReason.Starting, now);
        long[] refused = [.. Enum.GetValues<PeerRefusal>().Select(refusal => refusal == PeerRefusal.NotAuthentic ? 9L : 0)];
        var writer = new Lines();

        PeerFamilies.Write(writer, new PeerMetrics([known, unknown], 6, 7, 8, refused), now);

        string text = writer.Text.ToString();
        text.ShouldContain("atlas_peer_live peer=b 1\natlas_peer_live peer=c 0\n");
        text.ShouldContain("atlas_peer_state peer=b state=alive 1\n");
        text.ShouldContain("atlas_peer_state peer=c state=unknown 1\n");
        text.ShouldContain("atlas_peer_silence_seconds peer=b 2\natlas_peer_round_trip_seconds peer=b 0.003\natlas_peer_clock_ahead_seconds peer=b -4\n");
        text.ShouldContain("atlas_peer_restarts_total peer=b 5\n");
        text.ShouldContain("atlas_heartbeats_sent_total 6\natlas_heartbeats_unsent_total 7\natlas_heartbeats_taken_total 8\n");
        text.ShouldContain("atlas_heartbeats_refused_total reason=not_authentic 9\n");
    }

    [Fact]
    public void ToString_OfAnEvent_IsALine()
    {
        var change = new PeerEvent("b", PeerState.Alive, PeerReason.Serving, PeerState.Dead, PeerReason.Silent, default, TimeSpan.FromSeconds(35.24));
        change.ToString().ShouldBe("peer b: dead after 35.2 s alive: nothing is heard of it");
        (change with { To = PeerState.Alive, Reason = PeerReason.Draining }).ToString().ShouldBe("peer b: it drains");
        (change with { To = PeerState.Stopped, Reason = PeerReason.Stopped }).ToString().ShouldBe("peer b: it stopped, after 35.2 s alive");
    }

    private sealed class Lines : IMetricWriter
    {
        private string _name = "";

        public StringBuilder Text { get; } = new();

        public void Family(string name, string help, MetricKind kind) => _name = name;

        public void Sample(double value, params ReadOnlySpan<MetricLabel> labels)
        {
            Text.Append(_name);
            foreach (MetricLabel label in labels)
            {
                Text.Append(CultureInfo.InvariantCulture, $" {label.Name}={label.Value}");
            }

            Text.Append(CultureInfo.InvariantCulture, $" {value}\n");
        }

        public void Histogram(ReadOnlySpan<double> upperBounds, ReadOnlySpan<long> counts, double sum, params ReadOnlySpan<MetricLabel> labels) =>
            throw new NotSupportedException();
    }
}
