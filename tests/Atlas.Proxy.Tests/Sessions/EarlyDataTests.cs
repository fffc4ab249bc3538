namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests that a TLS proxy before Atlas got as early data (RFC 8470).</summary>
public sealed class EarlyDataTests
{
    private const int Seeds = 8;

    [Theory]
    [InlineData("POST", "1")]
    [InlineData("PUT", "1")]
    [InlineData("DELETE", "anything")]
    [InlineData("FLY", "1")]
    public void Request_ThatChangesSomething_IsTooEarly(string method, string value) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            WireMessage answer = await world.AskAsync(Request(method, value), 425, method);

            answer.Field("proxy-status").ShouldBe("atlas; error=http_request_error");
            world.Server.Seen.ShouldBeEmpty();
        });

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public void Request_ThatOnlyReads_GoesOnWithTheField(string method) => ProxyWorld.ForSeeds(
        Seeds,
        seed => new ProxyWorld(seed),
        async world =>
        {
            await world.AskAsync(Request(method, "1"), 200, method);

            world.Server.Seen.ShouldHaveSingleItem().Field("early-data").ShouldBe("1");
        });

    private static string Request(string method, string value) => $"{method} / HTTP/1.1\r\nHost: a\r\nEarly-Data: {value}\r\n\r\n";
}
