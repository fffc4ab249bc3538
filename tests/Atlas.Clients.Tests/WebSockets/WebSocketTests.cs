namespace Atlas.Clients.Tests.WebSockets;

/// <summary>The module ws on both sides of Atlas, and over HTTP/2 before it.</summary>
public sealed class WebSocketTests(SocketSite sockets) : IClassFixture<SocketSite>
{
    [Theory]
    [MemberData(nameof(SocketSite.All), MemberType = typeof(SocketSite))]
    public async Task WebSocket_Case_IsAsWithoutAtlas(string name, bool tls) => (await sockets.OutcomeAsync(name, tls)).ShouldBe(NodeCases.Fine);

    [Theory]
    [InlineData("pinged", "pong there", false)]
    [InlineData("pinged", "pong there", true)]
    [InlineData("text", "closed 1005 ", false)]
    [InlineData("text", "closed 1005 ", true)]
    [InlineData("close", "closed 4001 enough of it", false)]
    [InlineData("close", "closed 4001 enough of it", true)]
    [InlineData("closed", "closed 4002 likewise", false)]
    [InlineData("closed", "closed 4002 likewise", true)]
    [InlineData("terminated", "closed 1006 ", false)]
    [InlineData("terminated", "closed 1006 ", true)]
    public async Task WebSocket_WhatTheClientDoes_ReachesTheServer(string name, string said, bool tls)
    {
        (await sockets.OutcomeAsync(name, tls)).ShouldBe(NodeCases.Fine);

        await sockets.Server.SaysAsync($"{(tls ? "wss:" : "ws:")}{name} {said}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WebSockets_InStreamsOfHttp2_ReachAServerOfHttp11(bool tls)
    {
        await Node.RunAsync("socket-http2.mjs", sockets.Site.Url(tls), sockets.Site.CaOf(tls));

        string query = tls ? "https:http2" : "http:http2";
        await sockets.Server.SaysAsync("socket of HTTP/1.1 2.0 atlas");
        await sockets.Server.SaysAsync($"{query} closed 4001 enough of it");
        await sockets.Server.SaysAsync($"{query} closed 4002 likewise");
        await sockets.Server.SaysAsync($"{query} closed 1000 ");
    }
}
