using Atlas.Architecture.Tests.Assemblies;
using Atlas.Architecture.Tests.Projects;

namespace Atlas.Architecture.Tests.Rules;

public sealed class DependencyRulesTests
{
    [Fact]
    public void ProjectIsInTheTable_UnknownProject_IsNamed() =>
        DependencyRules.ProjectIsInTheTable(Project("Atlas.Extra")).ShouldHaveSingleItem()
            .ShouldBe("src/Atlas.Extra/Atlas.Extra.csproj is in no layer: add it to Layers.cs and to the parts in ARCHITECTURE.md.");

    [Theory]
    [InlineData("Atlas.Core", "Atlas.Protocols")]
    [InlineData("Atlas.Proxy", "Atlas.Control")]
    [InlineData("Atlas.Control", "Atlas.Engine")]
    [InlineData("Atlas.Admin", "Atlas.Proxy")]
    [InlineData("Atlas.Core", "Atlas.Outside")]
    public void ProjectReferencesPointDown_ReferenceUpwardsOrSideways_IsNamed(string from, string to) =>
        DependencyRules.ProjectReferencesPointDown(Project(from, to)).ShouldHaveSingleItem()
            .ShouldStartWith($"src/{from}/{from}.csproj references {to}; it may reference ");

    [Fact]
    public void ProjectReferencesPointDown_ReferenceDownwards_IsKept() =>
        DependencyRules.ProjectReferencesPointDown(Project("Atlas.Proxy", "Atlas.Core", "Atlas.Engine")).ShouldBeEmpty();

    [Fact]
    public void UsedAssembliesPointDown_UseWithoutReferenceAbove_IsNamed() =>
        DependencyRules.UsedAssembliesPointDown(Assembly("Atlas.Engine", references: ["System.Runtime", "Atlas.Core"]))
            .ShouldBe(["Atlas.Engine uses types of Atlas.Core; it may use no other project. Move what is needed down, or hand it in from above."]);

    [Fact]
    public void UsedAssembliesPointDown_UseThroughAReference_IsKept() =>
        DependencyRules.UsedAssembliesPointDown(Assembly("Atlas.Admin", references: ["Atlas.Control", "Atlas.Core"])).ShouldBeEmpty();

    [Fact]
    public void PureProjectUsesNothingBanned_SocketInCore_IsNamedWithWhatToDo() =>
        DependencyRules.PureProjectUsesNothingBanned(
                Assembly("Atlas.Core", usedTypes: ["System.Net.Sockets.Socket"]),
                [BannedSymbol.Parse("N:System.Net.Sockets;Pure code does no I/O")])
            .ShouldBe(["Atlas.Core uses System.Net.Sockets.Socket. Pure code does no I/O."]);

    [Fact]
    public void PureProjectUsesNothingBanned_SocketInControl_IsKept() =>
        DependencyRules.PureProjectUsesNothingBanned(
                Assembly("Atlas.Control", usedTypes: ["System.Net.Sockets.Socket"]),
                [BannedSymbol.Parse("N:System.Net.Sockets;Pure code does no I/O")])
            .ShouldBeEmpty();

    private static ProjectFile Project(string name, params string[] references) =>
        new(name, references, AllowsUnsafe: false, SwitchesAotOff: false);

    private static CompiledAssembly Assembly(string project, string[]? references = null, string[]? usedTypes = null) =>
        new(project, references ?? [], Types: [], usedTypes ?? [], UsedMembers: [], NativeCalls: [], AllowsUnsafe: false, IsAotCompatible: true);
}
