using Atlas.Core.HighAvailability;
using Atlas.Core.Telemetry;

namespace Atlas.Control.HighAvailability.Peers;

/// <summary>The metrics of the other nodes.</summary>
public static class PeerFamilies
{
    private static readonly PeerState[] States = Enum.GetValues<PeerState>();
    private static readonly PeerRefusal[] Refusals = Enum.GetValues<PeerRefusal>();

    /// <summary>Writes them.</summary>
    /// <param name="writer">Takes them.</param>
    /// <param name="metrics">What was counted.</param>
    /// <param name="now">The time, from which ages are told.</param>
    public static void Write(IMetricWriter writer, PeerMetrics metrics, DateTimeOffset now)
    {
        writer.Family("atlas_peer_live", "Whether clients may be sent to another node: it is alive and its data plane serves.", MetricKind.Gauge);
        WriteEach(writer, metrics, peer => peer.IsLive ? 1 : 0);
        writer.Family("atlas_peer_state", "The state of another node: 1 for the one that it is in.", MetricKind.Gauge);
        foreach (PeerReport peer in metrics.Peers)
        {
            foreach (PeerState state in States)
            {
                writer.Sample(peer.State == state ? 1 : 0, new MetricLabel("peer", peer.Name), new MetricLabel("state", PeerWords.Of(state)));
            }
        }

        writer.Family("atlas_peer_silence_seconds", "Time since another node was heard; absent before the first time.", MetricKind.Gauge);
        WriteEach(writer, metrics, peer => peer.LastHeard is { } heard ? Math.Max(0, (now - heard).TotalSeconds) : null);
        writer.Family("atlas_peer_round_trip_seconds", "The time to another node and back, as last measured.", MetricKind.Gauge);
        WriteEach(writer, metrics, peer => peer.RoundTrip?.TotalSeconds);
        writer.Family("atlas_peer_clock_ahead_seconds", "How far the clock of another node is ahead of this one's; negative: behind.", MetricKind.Gauge);
        WriteEach(writer, metrics, peer => peer.ClockAhead?.TotalSeconds);
        writer.Family("atlas_peer_restarts_total", "How often another node was found to have started anew.", MetricKind.Counter);
        WriteEach(writer, metrics, peer => peer.Restarts);
        WriteTraffic(writer, metrics);
    }

    private static void WriteTraffic(IMetricWriter writer, PeerMetrics metrics)
    {
        writer.Family("atlas_heartbeats_sent_total", "Heartbeats that were sent to other nodes.", MetricKind.Counter);
        writer.Sample(metrics.Sent);
        writer.Family("atlas_heartbeats_unsent_total", "Heartbeats that could not be sent.", MetricKind.Counter);
        writer.Sample(metrics.SendFailures);
        writer.Family("atlas_heartbeats_taken_total", "Heartbeats of other nodes that were used.", MetricKind.Counter);
        writer.Sample(metrics.Taken);
        writer.Family("atlas_heartbeats_refused_total", "Datagrams on the port of the nodes that were not used, by the reason.", MetricKind.Counter);
        foreach (PeerRefusal refusal in Refusals)
        {
            writer.Sample(metrics.Refused[(int)refusal], new MetricLabel("reason", PeerWords.Of(refusal)));
        }
    }

    private static void WriteEach(IMetricWriter writer, PeerMetrics metrics, Func<PeerReport, double?> value)
    {
        foreach (PeerReport peer in metrics.Peers)
        {
            if (value(peer) is double sample)
            {
                writer.Sample(sample, new MetricLabel("peer", peer.Name));
            }
        }
    }
}
