using System.Globalization;
using System.Net;
using Atlas.Core.Balancing;
using Atlas.Engine.Workers;
using Atlas.Proxy;
using Atlas.Proxy.Snapshots;
using HttpListener = Atlas.Proxy.HttpListener;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

// Atlas.Bench.Host PORT SERVER-PORT...: the data plane alone, on one worker, without a configuration.
int[] ports = [.. args.Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
ServerState[] servers =
    [.. ports[1..].Select((port, i) => new ServerState("s" + i, SocketAddress.OfIp(IPAddress.Loopback, port)))];
var pool = new PoolSnapshot("bench", servers, new RoundRobin()) { IdlePerServer = 1024 };
var listener = new HttpListener(new HttpListenerSnapshot("web", pool) { IdleMs = 300_000 });
using var workers = new WorkerGroup(1);
workers.Listen(SocketAddress.OfIp(IPAddress.Loopback, ports[0]), new ListenOptions(new HttpProxy().Handler(listener), 4096, 16_384));
await Task.Delay(Timeout.Infinite);
