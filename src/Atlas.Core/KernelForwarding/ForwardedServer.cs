using System.Net;

namespace Atlas.Core.KernelForwarding;

/// <summary>A server that the kernel sends flows to.</summary>
/// <param name="Name">Its name, unique in its pool.</param>
/// <param name="Ip">Its address.</param>
/// <param name="Port">Its port, 1 to 65535.</param>
public sealed record ForwardedServer(string Name, IPAddress Ip, int Port);
