namespace Atlas.Architecture.Tests.Assemblies;

public sealed class BannedSymbolTests
{
    private static readonly CompiledAssembly Sample = new(
        "Atlas.Core",
        References: [],
        Types: [],
        UsedTypes: ["System.IO.File", "System.IO.FileMode", "System.Net.IPAddress", "System.Net.Sockets.Socket"],
        UsedMembers: ["System.Guid.NewGuid", "System.Guid.Parse", "System.Environment.get_TickCount", "System.Environment.get_NewLine"],
        NativeCalls: [],
        AllowsUnsafe: false,
        IsAotCompatible: true);

    [Theory]
    [InlineData("T:System.IO.File;no", "System.IO.File")]
    [InlineData("N:System.Net.Sockets;no", "System.Net.Sockets.Socket")]
    [InlineData("M:System.Guid.NewGuid;no", "System.Guid.NewGuid")]
    [InlineData("M:System.Guid.NewGuid();no", "System.Guid.NewGuid")]
    [InlineData("P:System.Environment.TickCount;no", "System.Environment.get_TickCount")]
    public void UsesIn_BannedSymbolIsUsed_NamesThatUseOnly(string line, string expected) =>
        BannedSymbol.Parse(line).UsesIn(Sample).ShouldBe([expected]);

    [Theory]
    [InlineData("T:System.IO.Fil;no")]
    [InlineData("N:System.Net.Sock;no")]
    [InlineData("M:System.Guid.New;no")]
    [InlineData("P:System.Environment.TickCount64;no")]
    public void UsesIn_OtherSymbolsAreUsed_NamesNone(string line) => BannedSymbol.Parse(line).UsesIn(Sample).ShouldBeEmpty();

    [Theory]
    [InlineData("System.IO.File;no")]
    [InlineData("X:System.IO.File;no")]
    [InlineData("T:")]
    public void Parse_LineOfAnotherForm_IsRefused(string line) => Should.Throw<FormatException>(() => BannedSymbol.Parse(line));
}
