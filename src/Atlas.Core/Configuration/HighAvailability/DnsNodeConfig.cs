using System.Net;

namespace Atlas.Core.Configuration;

/// <summary>A node's address in answers.</summary>
/// <param name="Node">The node's name: this node or a peer.</param>
/// <param name="Address">The address that clients get for it.</param>
public sealed record DnsNodeConfig(string Node, IPAddress Address);
