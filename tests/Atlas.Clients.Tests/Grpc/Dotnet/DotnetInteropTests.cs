namespace Atlas.Clients.Tests.Grpc.Dotnet;

/// <summary>The cases of interoperability, with grpc-js before Atlas and Grpc.AspNetCore behind it.</summary>
public sealed class DotnetInteropTests(DotnetSite grpc) : IClassFixture<DotnetSite>
{
    [Theory]
    [MemberData(nameof(InteropCases.All), MemberType = typeof(InteropCases))]
    public async Task Grpc_Case_IsAsWithoutAtlas(string name, bool tls) => (await grpc.Cases.OutcomeAsync(name, tls)).ShouldBe(NodeCases.Fine);
}
