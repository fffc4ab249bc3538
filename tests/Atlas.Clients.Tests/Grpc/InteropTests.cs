namespace Atlas.Clients.Tests.Grpc;

/// <summary>The cases of interoperability, with grpc-js on both sides of Atlas.</summary>
public sealed class InteropTests(GrpcSite grpc) : IClassFixture<GrpcSite>
{
    [Theory]
    [MemberData(nameof(InteropCases.All), MemberType = typeof(InteropCases))]
    public async Task Grpc_Case_IsAsWithoutAtlas(string name, bool tls) => (await grpc.Cases.OutcomeAsync(name, tls)).ShouldBe(NodeCases.Fine);
}
