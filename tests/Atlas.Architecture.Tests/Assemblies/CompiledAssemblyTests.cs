using System.Runtime.InteropServices;

namespace Atlas.Architecture.Tests.Assemblies;

/// <summary>The reader of metadata, tried on this very assembly, which holds a sample of all that it must see.</summary>
public sealed class CompiledAssemblyTests
{
    private static readonly CompiledAssembly This = CompiledAssembly.Read("Atlas.Architecture.Tests");

    [Fact]
    public void Read_TypeOfThisAssembly_IsNamedInFull()
    {
        This.Types.ShouldContain("Atlas.Architecture.Tests.Assemblies.CompiledAssemblyTests");
        This.Types.ShouldContain("Atlas.Architecture.Tests.Assemblies.CompiledAssemblyTests+Sample");
    }

    [Fact]
    public void Read_UseOfAnotherAssembly_IsSeenAsReferenceTypeAndMember()
    {
        Sample<int>.Ticks().ShouldBeGreaterThan(0);

        This.References.ShouldContain("Shouldly");
        This.UsedTypes.ShouldContain("System.Environment");
        This.UsedTypes.ShouldContain("System.Collections.Generic.Dictionary");
        This.UsedMembers.ShouldContain("System.Environment.get_TickCount64");
        This.UsedMembers.ShouldContain("System.IO.File.OpenRead");
    }

    [Fact]
    public void Read_NativeCall_IsSeen() =>
        This.NativeCalls.Where(call => call.StartsWith("Atlas.Architecture.", StringComparison.Ordinal))
            .ShouldBe(["Atlas.Architecture.Tests.Assemblies.CompiledAssemblyTests+NativeSample.getpid"]);

    [Theory]
    [InlineData("Atlas.Engine", true)]
    [InlineData("Atlas.Core", false)]
    public void Read_UnsafeBlocksAllowed_IsSeen(string project, bool expected) =>
        CompiledAssembly.Read(project).AllowsUnsafe.ShouldBe(expected);

    [Fact]
    public void Read_AssemblyOfTheTests_IsNotAotCompatible() => This.IsAotCompatible.ShouldBeFalse();

    private static class Sample<T>
    {
        public static long Ticks() => Environment.TickCount64 + new Dictionary<string, T>(StringComparer.Ordinal).Count;
    }

    private static class NativeSample
    {
#pragma warning disable SYSLIB1054, CA5392 // The sample of a native call is never called.
        [DllImport("libc")]
        private static extern int getpid();
#pragma warning restore SYSLIB1054, CA5392
    }
}
