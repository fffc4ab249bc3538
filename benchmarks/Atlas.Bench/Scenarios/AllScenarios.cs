using Atlas.Bench.Load;
using Atlas.Bench.Peers;

namespace Atlas.Bench.Scenarios;

/// <summary>The scenarios in the order of the tables.</summary>
internal static class AllScenarios
{
    internal static IReadOnlyList<Scenario> List { get; } =
    [
        new ThroughputScenario("small-1", "Small keep-alive requests on 1 connection", Exchange.Small, 1),
        new ThroughputScenario("small-64", "Small keep-alive requests on 64 connections", Exchange.Small, 64),
        new ThroughputScenario("small-1000", "Small keep-alive requests on 1,000 connections", Exchange.Small, 1_000),
        new ThroughputScenario("response-64k", "Responses of 64 KiB on 32 connections", Exchange.Medium, 32),
        new ThroughputScenario("response-10m", "Responses of 10 MiB on 8 connections", Exchange.Large, 8),
        new ThroughputScenario("upload-10m", "Uploads of 10 MiB on 8 connections", Exchange.Upload, 8),
        new ThroughputScenario("connect", "A new connection per request, 32 at a time", Exchange.SmallOnNewConnection, 32),
        new LatencyScenario("latency-64", "Latency of small requests on 64 connections at a fixed rate", Exchange.Small, 64),
        new LatencyScenario("latency-1000", "Latency of small requests on 1,000 connections at a fixed rate", Exchange.Small, 1_000),
        new ThroughputScenario("tcp-small", "TCP unread: small exchanges on 64 connections", Exchange.Small, 64, Front.Tcp),
        new ThroughputScenario("tcp-connect", "TCP unread: a new connection per exchange, 32 at a time", Exchange.SmallOnNewConnection, 32, Front.Tcp),
        new ThroughputScenario("tcp-64k", "TCP unread: 64 KiB to the client on 32 connections", Exchange.Medium, 32, Front.Tcp),
        new ThroughputScenario("tcp-bulk", "TCP unread: 10 MiB to the client on 8 connections", Exchange.Large, 8, Front.Tcp),
        new ThroughputScenario("tcp-upload", "TCP unread: 10 MiB to the server on 8 connections", Exchange.Upload, 8, Front.Tcp),
        new ThroughputScenario(
            "tls-handshake", "A new connection with a whole TLS handshake per request, 32 at a time", Exchange.SmallOnNewConnection, 32, Front.Tls, () => new ClientTls(resumes: false)),
        new ThroughputScenario(
            "tls-resume", "A new connection with a resumed TLS session per request, 32 at a time", Exchange.SmallOnNewConnection, 32, Front.Tls, () => new ClientTls(resumes: true)),
        new ThroughputScenario(
            "tls-small", "Small requests over TLS on 64 connections that stay", Exchange.Small, 64, Front.Tls, () => new ClientTls(resumes: false)),
        new ThroughputScenario("h2-small", "HTTP/2 over TLS from clients, HTTP/1.1 to servers: 8 connections with 100 streams each", Front.Tls, Http2(Front.Tls)),
        new ThroughputScenario(
            "h2-h2", "HTTP/2 over TLS from clients, HTTP/2 to servers: 8 connections with 100 streams each", Front.Http2ToServers, Http2(Front.Http2ToServers)),
        new AttackScenario("h2-attacks", "Attacks by HTTP/2 in plain text, one connection at a time"),
        new SessionScenario("sessions", "Small requests with a session of 200 bytes, on 64 connections", writes: false),
        new SessionScenario("sessions-written", "The same, each response writing the session", writes: true),
        new StoreOutageScenario("store-outage", "A store of Redis that stands still, is killed, and comes back"),
        new FailoverScenario("failover", "An address that two nodes share, when its master fails"),
        new UdpScenario("udp-small", "Datagrams of 64 bytes there and back, 512 clients whose sessions stay", "127.0.0.1", 512),
        new UdpScenario("udp-sessions", "The same with a session for each, as for DNS", "127.0.0.2", 512),
        new KernelScenario("kernel-mode", "TCP across network namespaces, small requests on 64 connections", Exchange.Small, 64),
        new KernelScenario(
            "kernel-connect", "TCP across network namespaces, a new connection per request, 32 at a time", Exchange.SmallOnNewConnection, 32),
        new IdleScenario("idle-10k", "Memory, and 10,000 idle keep-alive connections", 10_000),
    ];
    private static Func<Session, RunningPeer, ILoad> Http2(Front front) =>
        (session, running) => new Http2Clients($"https://{front.Address}:{running.Port}", 8, 100, session.Cancel);
}
