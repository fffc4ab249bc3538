using System.Net;
using Atlas.Core.Configuration;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Forwarding;

/// <summary>PROXY protocol headers on real sockets.</summary>
public sealed class ProxyHeaderTests
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string V1 = "PROXY TCP4 192.0.2.200 192.0.2.2 4711 80\r\n";
    private const string V2 = "\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24"
        + "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x12\x67\0\x50";

    [Theory]
    [InlineData(V1, "192.0.2.200")]
    [InlineData(V2, "2001:db8::1")]
    [InlineData("PROXY UNKNOWN\r\n", "127.0.0.1")]
    [InlineData("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", "127.0.0.1")]
    public async Task Header_CutAtEveryByte_SaysWhoTheClientIs(string header, string client)
    {
        await using var server = new RecordingServer();
        await using var atlas = Behind(server, "127.0.0.0");
        for (int cut = 1; cut <= header.Length; cut++)
        {
            using WireConnection connection = await atlas.ConnectAsync();
            await connection.SendAsync(header[..cut]);
            await atlas.TurnAsync();
            await connection.SendAsync(header[cut..] + Get);
            (await WireMessage.ReadResponseAsync(connection, "GET")).ShouldNotBeNull().Status.ShouldBe(200);
        }

        server.Requests.Count.ShouldBe(header.Length);
        server.Requests.ShouldAllBe(request => request["x-forwarded-for"] == client);
    }

    [Theory]
    [InlineData(Get)]
    [InlineData("PROXY TCP4 192.0.2.999 192.0.2.2 4711 80\r\n" + Get)]
    public async Task Connection_WithoutAValidHeader_IsClosedInSilence(string text)
    {
        await using var server = new RecordingServer();
        await using var atlas = Behind(server, "127.0.0.0");
        using WireConnection connection = await atlas.ConnectAsync();

        await connection.SendAsync(text);

        (await WireMessage.ReadResponseAsync(connection, "GET")).ShouldBeNull();
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Peer_ThatIsNotListed_IsServedAsPlain()
    {
        await using var server = new RecordingServer();
        await using var atlas = Behind(server, "192.0.2.0");

        (await atlas.AskAsync(Get)).Status.ShouldBe(200);
        (await atlas.AskAsync(V1 + Get)).Status.ShouldBe(400);

        server.Requests.ShouldHaveSingleItem()["x-forwarded-for"].ShouldBe("127.0.0.1");
    }

    private static RunningAtlas Behind(RecordingServer server, string network) => new(
        new AtlasOptions
        {
            Change = listener => listener with { AcceptProxyProtocol = [IpNetwork.Create(IPAddress.Parse(network), 8)] },
        },
        server);
}
