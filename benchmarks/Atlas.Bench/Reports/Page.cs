using System.Globalization;
using Atlas.Bench.Measure;
using Atlas.Bench.Peers;
using Atlas.Bench.Scenarios;

namespace Atlas.Bench.Reports;

/// <summary>docs/benchmarks.md. Scenarios that a run did not measure keep what stands there of them.</summary>
internal static class Page
{
    internal static string Path { get; } = global::System.IO.Path.Combine(Layout.Root, "docs", "benchmarks.md");

    internal static void Write(Options options, IReadOnlyList<Results> all)
    {
        Directory.CreateDirectory(global::System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, Text(options, all, File.Exists(Path) ? File.ReadAllText(Path) : ""));
    }

    /// <summary>The page.</summary>
    /// <param name="options">What was measured.</param>
    /// <param name="all">What came of it.</param>
    /// <param name="before">The page as it stands.</param>
    private static string Text(Options options, IReadOnlyList<Results> all, string before) => string.Create(CultureInfo.InvariantCulture, $"""
        # Benchmarks
        Written by `./bench --write`, figures and text; `./bench --list` shows how to measure a part of it again.

        {Tables.SummaryHead(AllPeers.List)}
        {Merged(all, results => Tables.SummaryRow(results, AllPeers.List), name => SummaryRow(before, name))}

        ## Method
        - **One core for the proxy**, core 0; clients and origins share core 1. So this compares what work costs, not how it spreads
          over cores. Everything speaks over loopback, whose cost is part of every figure.
        - **CPU per request** is user and system time of all processes and threads of the proxy, as the kernel accounts it, over the
          requests that the clients counted. It changes far less than requests per second do with what else a machine does, so judge
          by it. `core busy` says how loaded the proxy was while it was measured: a proxy that waits for clients wakes for fewer
          events at a time, and each request costs more.
        - **Interleaved**: each of the {options.Rounds} rounds goes through all peers, and each round begins with another one. Cells hold the
          median and, in parentheses, the least and the most. **Ratios** are taken within a round, to the same round of the best of
          nginx, HAProxy and YARP, and the median of these is shown: what disturbs a round disturbs both sides.
        - **Warmed up** until the cost per request stays within 5 % for three seconds; what compiles while it runs gets at least
          {options.WarmUpWindows} s at first. Each measurement lasts {options.RunSeconds} s or more.
        - **Counted on both sides**: every response must be a 200 of the right length, and the origins must have seen exactly as many
          requests as the clients; else the bench stops.
        - **Latency** is measured at half the rate that the slowest peer reached, the same for all, from the moment at which a request
          fell due, not from when its connection was free (no coordinated omission). Requests fall due once a millisecond.
        - **Memory** is the resident set of all processes of a fresh peer after two seconds of requests on 64 connections; bytes per idle
          connection are what it grows by when 10,000 more connections are opened, each does one request, and all stay.
        - **Kernel mode** is measured across network namespaces, clients, balancer and servers each in one, joined by veth. There the
          time of the whole way counts, of clients, servers, balancer and the kernel's threads, since the kernel forwards in the time of
          whoever sends. `direct` are clients that ask servers through the same router; what an exchange costs beyond that is what
          balancing costs.
        - **The same work for all**: three origins in rotation, connections kept on both sides, bodies streamed, no access log, and the
          origin gets X-Forwarded-For, -Proto, -Host and -Port, X-Real-IP, X-Request-Id and Via (from YARP its default -For,
          -Proto and -Host, and X-Request-Id). The configurations are in `benchmarks/peers/` and
          `benchmarks/Atlas.Bench.Yarp/`. `relay` is a bare TCP relay on the engine of Atlas: about what the kernel alone costs.
          It knows no requests, keeps one server connection per client, and is no load balancer to compare with.
        - **TLS** is version 1.3 with one cipher suite (AES-128-GCM), one group (X25519) and one certificate (ECDSA P-256) for all, by the
          same OpenSSL; sessions come back by tickets alone. Resumed ones were checked to be. A handshake is measured with the
          connection and the small request that it is for.
        - **HTTP/2** requests come from h2load, which reports what it did, on 8 connections with 100 streams each. Its servers of HTTP/2
          are an nginx, whose count of requests must be that of h2load.
        - The small request is a GET of {Load.Exchange.Small.Head.Length} bytes with five header fields, its response has six and {Load.Origin.SmallBytes} bytes of content.

        ## Machine and versions
        {Machine.Processor}, {Machine.Cores} cores; {Machine.System}, Linux {Machine.Kernel}, congestion control {Machine.CongestionControl}; .NET {Environment.Version};
        {string.Join(", ", options.Peers.Where(peer => peer.IsRival).Select(peer => $"{peer.Name} {peer.Version()}"))}.

        ## Results
        {Merged(all, results => Tables.Of(results, Machine.Commit), name => Section(before, name))}

        """);

    // In the order of the list, of each scenario what was measured now, else what stands there; without those that have neither.
    private static string Merged(IReadOnlyList<Results> all, Func<Results, string> now, Func<string, string> before) =>
        string.Join('\n', AllScenarios.List
            .Select(scenario => all.FirstOrDefault(results => results.Scenario == scenario.Name) is { } results ? now(results) : before(scenario.Name))
            .Where(text => text.Length > 0)).TrimEnd();

    private static string SummaryRow(string page, string scenario) =>
        page.Split('\n').FirstOrDefault(line => line.StartsWith($"| {scenario} |", StringComparison.Ordinal)) ?? "";

    private static string Section(string page, string scenario)
    {
        string title = $"### {scenario}\n";
        string? section = page.Split("\n### ").Select(text => "### " + text).FirstOrDefault(text => text.StartsWith(title, StringComparison.Ordinal));
        return section is null ? "" : section.TrimEnd() + "\n";
    }
}
