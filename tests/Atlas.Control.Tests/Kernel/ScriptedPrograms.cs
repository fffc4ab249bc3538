using Atlas.Control.Kernel;

namespace Atlas.Control.Tests.Kernel;

/// <summary>Stands in for <c>nft</c> and <c>conntrack</c>: remembers what they were asked, and fails as the test says.</summary>
internal sealed class ScriptedPrograms : IProgramRunner
{
    private readonly Lock _gate = new();
    private readonly List<string> _scripts = [];
    private readonly List<string> _others = [];

    /// <summary>The scripts that <c>nft -f -</c> took.</summary>
    public IReadOnlyList<string> Scripts
    {
        get
        {
            lock (_gate)
            {
                return [.. _scripts];
            }
        }
    }

    /// <summary>All else that was run, with its arguments.</summary>
    public IReadOnlyList<string> Others
    {
        get
        {
            lock (_gate)
            {
                return [.. _others];
            }
        }
    }

    /// <summary>What <c>nft</c> says about scripts with such a text; null: it takes all.</summary>
    public (string Text, string Error)? Refusal { get; set; }

    /// <summary>The packets of all counters; null: the table is not there.</summary>
    public long? Packets { get; set; } = 0;

    public HashSet<string> Missing { get; } = [];

    public bool Has(string program) => !Missing.Contains(program);

    public ProgramResult Run(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        lock (_gate)
        {
            if (input is null)
            {
                _others.Add($"{program} {string.Join(' ', arguments)}");
                return arguments.Contains("counters") ? Counters() : new ProgramResult(ProgramOutcome.Done, "", "");
            }

            bool isRefused = Refusal is var (text, _) && input.Contains(text, StringComparison.Ordinal);
            if (!isRefused)
            {
                _scripts.Add(input);
            }

            return isRefused
                ? new ProgramResult(ProgramOutcome.Failed, "", Refusal!.Value.Error)
                : new ProgramResult(ProgramOutcome.Done, "", "");
        }
    }

    private ProgramResult Counters()
    {
        if (Packets is not long packets)
        {
            return new ProgramResult(ProgramOutcome.Failed, "", "Error: No such file or directory\n");
        }

        string[] names = ["flows/fast/a", "in/fast/a", "out/fast/a", "refused/fast"];
        string counters = string.Concat(names.Select(name =>
            $$$""", {"counter": {"family": "inet", "name": "{{{name}}}", "table": "t", "handle": 1, "packets": {{{packets}}}, "bytes": {{{packets * 40}}}}}"""));
        return new ProgramResult(ProgramOutcome.Done, $$$"""{"nftables": [{"metainfo": {"json_schema_version": 1}}{{{counters}}}]}""", "");
    }
}
