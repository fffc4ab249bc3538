namespace Atlas.Control.HighAvailability.Peers;

/// <summary>What is counted of the talk with peers since the process started.</summary>
/// <param name="Peers">The peers.</param>
/// <param name="Sent">Heartbeats that were sent.</param>
/// <param name="SendFailures">Those that could not be, for want of an address or because the system refused them.</param>
/// <param name="Taken">Heartbeats of peers that were used.</param>
/// <param name="Refused">Datagrams that were not, as many as <see cref="PeerRefusal"/> has values.</param>
public sealed record PeerMetrics(IReadOnlyList<PeerReport> Peers, long Sent, long SendFailures, long Taken, IReadOnlyList<long> Refused);
