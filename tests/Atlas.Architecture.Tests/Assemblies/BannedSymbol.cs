using Atlas.Architecture.Tests.Files;

namespace Atlas.Architecture.Tests.Assemblies;

/// <summary>A line of src/BannedSymbols.Pure.txt: what the pure projects may not use.</summary>
/// <param name="Kind">T type, N namespace, M method, P property.</param>
/// <param name="Name">The full name, without parameters.</param>
/// <param name="Reason">What to do instead.</param>
public sealed record BannedSymbol(char Kind, string Name, string Reason)
{
    /// <summary>The list that the analyzer of the build reads too.</summary>
    public static IReadOnlyList<BannedSymbol> Pure { get; } =
        [.. Repository.File("src/BannedSymbols.Pure.txt").Lines.Where(l => l.Length > 0).Select(Parse)];

    public static BannedSymbol Parse(string line)
    {
        var (symbol, reason) = line.Split(';', 2) is [var left, var right] ? (left, right) : (line, "");
        if (symbol.Length < 3 || symbol[1] != ':' || !"TNMP".Contains(symbol[0], StringComparison.Ordinal))
        {
            throw new FormatException($"'{line}' is not of the form T:Name;reason, with T, N, M or P.");
        }

        return new BannedSymbol(symbol[0], symbol[2..].Split('(')[0], reason);
    }

    /// <summary>What the assembly uses of this symbol: empty when it keeps the ban.</summary>
    public IEnumerable<string> UsesIn(CompiledAssembly assembly) => Kind switch
    {
        'T' => assembly.UsedTypes.Where(t => string.Equals(t, Name, StringComparison.Ordinal)),
        'N' => assembly.UsedTypes.Where(t => t.StartsWith(Name + ".", StringComparison.Ordinal)),
        'M' => assembly.UsedMembers.Where(m => string.Equals(m, Name, StringComparison.Ordinal)),
        _ => assembly.UsedMembers.Where(m => IsAccessor(m)),
    };

    private bool IsAccessor(string member)
    {
        var dot = Name.LastIndexOf('.');
        var (type, property) = (Name[..dot], Name[(dot + 1)..]);
        return string.Equals(member, $"{type}.get_{property}", StringComparison.Ordinal)
            || string.Equals(member, $"{type}.set_{property}", StringComparison.Ordinal);
    }
}
