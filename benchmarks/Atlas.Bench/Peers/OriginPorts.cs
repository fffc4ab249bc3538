namespace Atlas.Bench.Peers;

/// <summary>The ports of the servers that a peer has, three of each kind or none.</summary>
/// <param name="Http">Those of HTTP/1.1.</param>
/// <param name="Udp">Those for datagrams.</param>
/// <param name="Http2">Those of HTTP/2 in plain text.</param>
internal sealed record OriginPorts(IReadOnlyList<int> Http, IReadOnlyList<int> Udp, IReadOnlyList<int> Http2);
