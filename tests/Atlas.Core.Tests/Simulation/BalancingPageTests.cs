using Atlas.Core.Simulation;

namespace Atlas.Core.Tests.Simulation;

/// <summary>The tables in docs/balancing.md are what the simulation gives. With ATLAS_WRITE_DOCS=1 they are written anew.</summary>
public sealed class BalancingPageTests
{
    private const string Begin = "<!-- simulated: begin -->\n";
    private const string End = "<!-- simulated: end -->";

    [Fact]
    public void Page_SimulatedAnew_HasTheseTables()
    {
        string file = Path.Combine(Root(), "docs", "balancing.md");
        string page = File.ReadAllText(file);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = page.IndexOf(End, StringComparison.Ordinal);
        end.ShouldBeGreaterThanOrEqualTo(begin);
        string tables = Tables();
        if (Environment.GetEnvironmentVariable("ATLAS_WRITE_DOCS") == "1")
        {
            File.WriteAllText(file, page[..begin] + tables + page[end..]);
            return;
        }

        (page[begin..end] == tables).ShouldBeTrue("docs/balancing.md is not what the simulation says: run these tests with ATLAS_WRITE_DOCS=1");
    }

    private static string Tables()
    {
        var runs =
            from workload in AlgorithmComparison.Workloads
            from algorithm in AlgorithmComparison.Algorithms
            from size in AlgorithmComparison.Sizes
            select (workload, algorithm, size);
        var outcomes = runs.AsParallel().ToDictionary(
            run => (run.workload, run.algorithm, run.size.Servers),
            run => AlgorithmComparison.Run(run.workload, run.algorithm, run.size.Servers, run.size.Requests));
        return string.Join('\n', AlgorithmComparison.Workloads.Select(workload =>
            AlgorithmComparison.Table(workload, (algorithm, servers) => outcomes[(workload, algorithm, servers)])));
    }

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Atlas.slnx")))
        {
            directory = Path.GetDirectoryName(directory)!;
        }

        return directory;
    }
}
