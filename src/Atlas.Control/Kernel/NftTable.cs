namespace Atlas.Control.Kernel;

/// <summary>Atlas' own table of nftables, and what its counters have counted since the start of the process, however often it
/// was lost and made anew. Each change is one transaction: the kernel does all of it or nothing. One caller at a time.</summary>
/// <param name="programs">Runs nft.</param>
/// <param name="name">The table's name, in family inet.</param>
/// <param name="owner">What its comment says; what cannot stand there is left out.</param>
internal sealed class NftTable(IProgramRunner programs, string name, string owner)
{
    // nft's for comments is 128 bytes.
    private const int MaxComment = 120;

    private static readonly string[] FromInput = ["-f", "-"];

    private readonly string _comment =
        string.Concat(owner.Where(character => character is >= ' ' and <= '~' and not '"' and not '\\').Take(MaxComment));

    private Dictionary<string, NftCounter> _lost = new(StringComparer.Ordinal);
    private Dictionary<string, NftCounter> _read = new(StringComparer.Ordinal);

    /// <summary>The rules that were written last; null: none yet.</summary>
    internal NftRuleset? Written { get; private set; }

    /// <summary>Puts rules in force.</summary>
    /// <returns>Null: they are. Else why not: those before are.</returns>
    internal string? Write(NftRuleset next)
    {
        if (Written is not null)
        {
            if (programs.Run("nft", FromInput, next.Replacing(name, Written)).IsDone)
            {
                Written = next;
                return null;
            }

            // Somebody else has changed the table, or removed it. What was counted since the last look is lost with it.
            Read();
        }

        ProgramResult fresh = programs.Run("nft", FromInput, next.Fresh(name, _comment));
        if (!fresh.IsDone)
        {
            return Reason(fresh);
        }

        _lost = Sum(_lost, _read, next);
        _read = new(StringComparer.Ordinal);
        Written = next;
        return null;
    }

    /// <summary>Reads the counters.</summary>
    /// <returns>False: the table is not there any more, or cannot be read.</returns>
    internal bool Read()
    {
        ProgramResult result = programs.Run("nft", ["-j", "list", "counters", "table", "inet", name]);
        if (!result.IsDone || NftJson.Counters(result.Output) is not { } counters)
        {
            return false;
        }

        // A listing of no counters is one of no table: each listener has some.
        bool isThere = counters.Count > 0 || Written is null or { Listeners.Count: 0 };
        _read = isThere ? counters : _read;
        return isThere;
    }

    /// <summary>What a counter had counted when it was read last.</summary>
    internal NftCounter Counted(string counter) => _lost.GetValueOrDefault(counter) + _read.GetValueOrDefault(counter);

    /// <summary>Removes the table, if it is there.</summary>
    internal void Remove()
    {
        programs.Run("nft", ["delete", "table", "inet", name]);
        Written = null;
    }

    private static Dictionary<string, NftCounter> Sum(
        Dictionary<string, NftCounter> left, Dictionary<string, NftCounter> right, NftRuleset named)
    {
        var sum = new Dictionary<string, NftCounter>(StringComparer.Ordinal);
        foreach (string counter in named.Counters)
        {
            if (left.GetValueOrDefault(counter) + right.GetValueOrDefault(counter) is { Packets: > 0 } counted)
            {
                sum[counter] = counted;
            }
        }

        return sum;
    }

    // nft says the place in its input first, which nobody else sees, and shows it in the lines after.
    private static string Reason(ProgramResult result)
    {
        string line = result.Error.Split('\n').FirstOrDefault(line => line.Contains("rror", StringComparison.Ordinal))
            ?? result.Error.Split('\n')[0];
        int error = line.IndexOf("Error: ", StringComparison.Ordinal);
        string reason = (error < 0 ? line : line[(error + "Error: ".Length)..]).Trim();
        return reason.Length > 0 ? reason : $"nft {result.Outcome.ToString().ToLowerInvariant()} and says nothing";
    }
}
