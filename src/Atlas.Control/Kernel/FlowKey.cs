using System.Net;

namespace Atlas.Control.Kernel;

/// <summary>What conntrack knows of a flow that was sent to a server.</summary>
/// <param name="IsUdp">UDP; else TCP.</param>
/// <param name="Asked">The address that the client asked for; null: any of this host.</param>
/// <param name="AskedPort">Its port.</param>
/// <param name="Server">The server's address.</param>
/// <param name="ServerPort">Its port.</param>
internal readonly record struct FlowKey(bool IsUdp, IPAddress? Asked, int AskedPort, IPAddress Server, int ServerPort);
