namespace Atlas.Bench.Peers;

/// <summary>What moves an address between two nodes, with a server behind the address that answers with the node's name.</summary>
/// <param name="Peer">As the tables call it.</param>
/// <param name="IntervalMs">How often the master advertises.</param>
/// <param name="Master">What it writes when it becomes master.</param>
/// <param name="Backup">What it writes when it becomes backup.</param>
/// <param name="Commands">The programs of a node, first that which moves the address.</param>
internal sealed record VirtualPeer(
    Peer Peer, int IntervalMs, string Master, string Backup, Func<VirtualNodeSettings, IReadOnlyList<IReadOnlyList<string>>> Commands)
{
    internal static VirtualPeer Atlas(int intervalMs) => new(
        Row("atlas-aot", intervalMs) with { IsAtlas = true },
        intervalMs,
        "is master",
        "is backup",
        settings => [[Layout.AtlasAot, "run", "-c", settings.Fill("atlas-failover.yaml")]]);

    internal static VirtualPeer Keepalived(int intervalMs) => new(
        Row("keepalived + nginx", intervalMs),
        intervalMs,
        "Entering MASTER STATE",
        "Entering BACKUP STATE",
        settings =>
        [
            [
                "keepalived", "--vrrp", "--dont-fork", "--log-console", "--log-detail", "--no-syslog", "--use-file", settings.Fill("keepalived.conf"),
                "--pid", Path.Combine(settings.Directory, "pid"), "--vrrp_pid", Path.Combine(settings.Directory, "vrrp-pid"),
            ],
            ["nginx", "-c", settings.Fill("nginx-failover.conf"), "-p", settings.Directory],
        ]);

    private static Peer Row(string name, int intervalMs) =>
        new(intervalMs < 1_000 ? $"{name}, {intervalMs} ms" : $"{name}, {intervalMs / 1_000} s", () => "", _ => []);
}
