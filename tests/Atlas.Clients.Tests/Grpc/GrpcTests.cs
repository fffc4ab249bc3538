namespace Atlas.Clients.Tests.Grpc;

/// <summary>What gRPC asks of a balancer beyond passing calls: that both sides hear of ends, and that calls are spread.</summary>
public sealed class GrpcTests
{
    [Theory]
    [InlineData("cancel_before_messages", "cancelled StreamingInputCall", false)]
    [InlineData("cancel_before_messages", "cancelled StreamingInputCall", true)]
    [InlineData("cancel_after_first_response", "cancelled FullDuplexCall", false)]
    [InlineData("cancel_after_first_response", "cancelled FullDuplexCall", true)]
    [InlineData("deadline", "cancelled FullDuplexCall", false)]
    [InlineData("deadline", "cancelled FullDuplexCall", true)]
    [InlineData("empty_unary", "deadline EmptyCall", false)]
    [InlineData("empty_unary", "deadline EmptyCall", true)]
    public async Task Call_WhatTheClientWants_ReachesTheServer(string name, string said, bool tls)
    {
        await using var server = await NodeServer.StartAsync("grpc-server.mjs", "A");
        await using var site = await Site.StartAsync([server.Address], "http2");

        (await GrpcClient.RunAsync(name, site, tls)).ShouldBe(NodeCases.Fine);

        await server.SaysAsync(said);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_WithTheServerDown_IsUnavailable(bool tls)
    {
        await using var server = await NodeServer.StartAsync("grpc-server.mjs", "A");
        await using var site = await Site.StartAsync([server.Address], "http2");
        (await GrpcClient.RunAsync("empty_unary", site, tls)).ShouldBe(NodeCases.Fine);
        await server.KillAsync();

        (await GrpcClient.RunAsync("unavailable", site, tls)).ShouldBe(NodeCases.Fine);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Calls_OfOneConnection_AreSpreadOverServers(bool tls)
    {
        await using var a = await NodeServer.StartAsync("grpc-server.mjs", "A");
        await using var b = await NodeServer.StartAsync("grpc-server.mjs", "B");
        await using var site = await Site.StartAsync([a.Address, b.Address], "http2");

        (await GrpcClient.RunAsync("servers", site, tls)).ShouldBe("A 20, B 20");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_ThatIsTrailersOnly_StaysOne(bool tls)
    {
        await using var server = await NodeServer.StartAsync("grpc-server.mjs", "A");
        await using var site = await Site.StartAsync([server.Address], "http2");

        (await TrailersOnlyAsync(site, tls)).ShouldBe("200 12 ends\n");
        await server.KillAsync();
        (await TrailersOnlyAsync(site, tls)).ShouldBe("200 14 ends\n");
    }

    private static Task<string> TrailersOnlyAsync(Site site, bool tls) =>
        Node.RunAsync("trailers-only.mjs", site.Url(tls), site.CaOf(tls));
}
