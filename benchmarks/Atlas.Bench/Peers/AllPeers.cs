using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Atlas.Bench.Peers;

/// <summary>The peers in the order of the tables.</summary>
internal static partial class AllPeers
{
    private static readonly string Yarp = Layout.Built("Atlas.Bench.Yarp", "Atlas.Bench.Yarp");
    private static readonly string Relay = Layout.Built("Atlas.Bench.Relay", "Atlas.Bench.Relay");
    private static readonly string AtlasJit = Layout.Built("Atlas", "atlas");

    internal static IReadOnlyList<Peer> List { get; } =
    [
        new("nginx", () => Say("nginx", "-v"), s => ["nginx", "-c", s.Fill("nginx.conf"), "-p", s.Directory])
        {
            IsRival = true, ForwardsUdp = true, ForwardsTcp = true, EndsTls = true,
        },
        new("haproxy", () => Say("haproxy", "-v"), s => ["haproxy", "-db", "-f", s.Fill("haproxy.cfg")])
        {
            IsRival = true, ForwardsTcp = true, EndsTls = true, SpeaksHttp2ToServers = true, TakesHttp2InClear = true,
        },
        new("yarp", () => Say(Yarp, "version"), s => [Yarp, s.Directory, .. Ports(s)]) { IsRival = true, Compiles = true, EndsTls = true },
        new("relay", () => "this tree", s => [Relay, .. Ports(s)]) { Compiles = true, HoldsServerPerClient = true },
        new("atlas-jit", () => "this tree", s => [AtlasJit, "run", "-c", s.Fill("atlas.yaml")])
        {
            IsAtlas = true, Compiles = true, ForwardsUdp = true, ForwardsTcp = true, EndsTls = true, SpeaksHttp2ToServers = true, TakesHttp2InClear = true,
        },
        new("atlas-aot", () => "this tree", s => [Layout.AtlasAot, "run", "-c", s.Fill("atlas.yaml")])
        {
            IsAtlas = true, ForwardsUdp = true, ForwardsTcp = true, EndsTls = true, SpeaksHttp2ToServers = true, TakesHttp2InClear = true,
        },
    ];

    /// <summary>Those that pass TCP on, in a namespace of the network.</summary>
    internal static IReadOnlyList<Peer> Between(string space) =>
    [
        new("haproxy-tcp", () => Say("haproxy", "-v"), s => [.. In(space), "haproxy", "-db", "-f", s.Fill("haproxy-tcp.cfg")])
        {
            IsRival = true,
        },
        new("atlas-tcp", () => "this tree", s => [.. In(space), Layout.AtlasAot, "run", "-c", s.Fill("atlas-tcp.yaml")]) { IsAtlas = true },
        new("atlas-kernel", () => "this tree", s => [.. In(space), Layout.AtlasAot, "run", "-c", s.Fill("atlas-kernel.yaml")])
        {
            IsAtlas = true,
        },
    ];

    /// <summary>Atlas without sessions, with sessions in memory, and with sessions in Redis.</summary>
    internal static IReadOnlyList<Peer> WithSessions(int redisPort) =>
        [.. new[] { "none", "memory", "redis" }.Select(kind => new Peer(
            $"atlas-{kind}", () => "this tree", s => [Layout.AtlasAot, "run", "-c", s.FillSessions(kind, redisPort)]) { IsAtlas = true })];

    /// <summary>Atlas with a store of Redis that several things go by.</summary>
    internal static Peer WithStore(int redisPort) =>
        new("atlas-store", () => "this tree", s => [Layout.AtlasAot, "run", "-c", s.FillRedis("atlas-store.yaml", redisPort)]) { IsAtlas = true };

    private static string[] In(string space) => ["ip", "netns", "exec", space];

    private static IEnumerable<string> Ports(PeerSettings settings) =>
        settings.Origins.Http.Prepend(settings.Port).Select(port => $"{port}");

    // Versions go to standard output or standard error, with words around the number.
    private static string Say(string program, string argument)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, argument)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string said = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return VersionNumber().Match(said).Value;
    }

    [GeneratedRegex(@"[0-9]+\.[0-9]+\.[0-9]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex VersionNumber();
}
