using System.Globalization;
using Atlas.Bench.Peers;
using Atlas.Bench.Scenarios;

namespace Atlas.Bench;

/// <summary>What to measure, and how long.</summary>
internal sealed record Options
{
    internal const string Usage = """
        usage: ./bench [SCENARIO ...] [--rounds N] [--only PEER,...] [--write]
               ./bench quick      small-64, response-10m and idle-10k in two short rounds
               ./bench micro      the parsers, the head writer, the picker and the timer wheel by themselves (BenchmarkDotNet)
               ./bench --list     scenarios and peers

          --rounds N       rounds through all peers (default 5)
          --only PEER,...  only these peers
          --write          writes docs/benchmarks.md; scenarios that were not measured stay as they stand there. Needs all peers and
                           at least 5 rounds
        """;

    private const int DefaultRounds = 5;
    private static readonly string[] QuickScenarios = ["small-64", "response-10m", "idle-10k"];

    internal IReadOnlyList<Scenario> Scenarios { get; private init; } = AllScenarios.List;

    internal IReadOnlyList<Peer> Peers { get; private init; } = AllPeers.List;

    internal int Rounds { get; private init; } = DefaultRounds;

    /// <summary>Seconds of one measurement.</summary>
    internal double RunSeconds { get; private init; } = 2.5;

    /// <summary>Windows of warming that a peer which compiles while it runs gets at least.</summary>
    internal int WarmUpWindows { get; private init; } = 15;

    internal bool List { get; private init; }

    internal bool Write { get; private init; }

    /// <summary>Reads the command line.</summary>
    /// <exception cref="BenchException">The arguments say something unknown.</exception>
    internal static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        var named = new List<Scenario>();
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--list" or "--help" or "-h":
                    options = options with { List = true };
                    break;
                case "--write":
                    options = options with { Write = true };
                    break;
                case "--rounds":
                    options = options with { Rounds = Rounded(Value(arguments, ++i)) };
                    break;
                case "--only":
                    options = options with { Peers = Named(Value(arguments, ++i)) };
                    break;
                case "quick":
                    options = options with { Rounds = 2, RunSeconds = 1.2, WarmUpWindows = 6 };
                    named.AddRange(QuickScenarios.Select(ScenarioNamed));
                    break;
                default:
                    named.Add(ScenarioNamed(arguments[i]));
                    break;
            }
        }

        options = named.Count == 0 ? options : options with { Scenarios = [.. AllScenarios.List.Where(named.Contains)] };
        bool isWhole = options.Peers.Count == AllPeers.List.Count && options.Rounds >= DefaultRounds;
        return !options.Write || isWhole
            ? options
            : throw new BenchException($"--write needs all peers and at least {DefaultRounds} rounds");
    }

    private static string Value(IReadOnlyList<string> arguments, int index) =>
        index < arguments.Count ? arguments[index] : throw new BenchException($"{arguments[index - 1]} needs a value\n{Usage}");

    private static int Rounded(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int rounds) && rounds is >= 1 and <= 100
            ? rounds
            : throw new BenchException($"--rounds {text}: expected a number from 1 to 100");

    private static Scenario ScenarioNamed(string name) =>
        AllScenarios.List.FirstOrDefault(scenario => scenario.Name == name)
        ?? throw new BenchException($"unknown: {name}\n{Usage}");

    private static Peer[] Named(string list)
    {
        string[] names = list.Split(',');
        string? unknown = names.FirstOrDefault(name => AllPeers.List.All(peer => peer.Name != name));
        return unknown is null
            ? [.. AllPeers.List.Where(peer => names.Contains(peer.Name))]
            : throw new BenchException($"no peer is called {unknown}: there are {string.Join(", ", AllPeers.List.Select(p => p.Name))}");
    }
}
