using System.Globalization;
using System.Net;
using Atlas.Bench.Relay;
using Atlas.Engine.Workers;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

// atlas-relay PORT SERVER-PORT...: passes bytes between clients and servers on loopback, unread, on one worker. What is left
// of a proxy's cost when it does nothing: the kernel's share and the engine's.
int[] ports = [.. args.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
SocketAddress[] servers = [.. ports[1..].Select(port => SocketAddress.OfIp(IPAddress.Loopback, port))];
using var workers = new WorkerGroup(1);
workers.Listen(SocketAddress.OfIp(IPAddress.Loopback, ports[0]), new ListenOptions(new RelayHandler(servers), 4096, 16_384));
await Task.Delay(Timeout.Infinite);
