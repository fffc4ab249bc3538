using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Forwarding;

/// <summary>Rules at the two places where heads are written.</summary>
public sealed class HeaderRulesTests
{
    private static readonly HeaderRulesConfig Config = new()
    {
        Set = [new HeaderSetting("X-Edge", "atlas"), new HeaderSetting("X-Forwarded-Proto", "https")],
        Add = [new HeaderSetting("Accept", "b"), new HeaderSetting("X-More", "1")],
        Remove = ["x-DEBUG", "User-Agent", "X-Real-Ip", "server", "date"],
    };

    [Fact]
    public void Request_RemoveSetAdd_InThisOrderAndForEveryCasing()
    {
        string text = Request("X-Edge: a\r\nx-edge: b\r\nX-DeBug: c\r\nUSER-agent: d\r\nAccept: a\r\nX-Debugger: e", Config);

        Lines(text).ShouldBe(
            [
                "Accept: a", "X-Debugger: e", "x-forwarded-for: 192.0.2.1", "x-forwarded-host: h", "x-forwarded-port: 80",
                "x-request-id: id", "via: 1.1 atlas", "X-Edge: atlas", "X-Forwarded-Proto: https", "Accept: b", "X-More: 1",
            ],
            text);
    }

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("x-forwarded-proto")]
    [InlineData("X-Forwarded-Host")]
    [InlineData("X-Forwarded-Port")]
    [InlineData("X-Real-IP")]
    [InlineData("X-Request-ID")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    public void Request_RemovedFieldOfAtlas_IsNotWritten(string name)
    {
        string text = Request("Accept: a", new HeaderRulesConfig { Remove = [name] });

        text.ShouldNotContain(name + ":", Case.Insensitive);
        Lines(text).Count.ShouldBe(8, text);
    }

    [Fact]
    public void Request_MaxForwardsRemoved_IsNotWritten() =>
        Request("Max-Forwards: 3", new HeaderRulesConfig { Remove = ["max-forwards"] }).ShouldNotContain("max-forwards");

    [Theory]
    [InlineData(200, "HTTP/1.1 200 OK|Content-Type: t|content-length: 0|X-Edge: atlas|X-Forwarded-Proto: https|Accept: b|X-More: 1")]
    [InlineData(103, "HTTP/1.1 103 OK|Content-Type: t")]
    public void Response_RemoveSetAdd_FinalOnesGetFields(int status, string expected)
    {
        ResponseHead head = Heads.Response($"HTTP/1.1 {status} OK\nServer: s\nContent-Type: t\nX-EDGE: own\nDate: d" + (status == 200 ? "\nContent-Length: 0" : ""), out byte[] bytes);
        RequestHead request = Heads.Request("GET / HTTP/1.1\nHost: h", out _);
        byte[] destination = new byte[1000];

        var changes = new ResponseChanges { Rules = new HeaderRules(Config), Date = "now"u8 };

        int length = ResponseForwarder.Write(destination, bytes, head, request, BodyFraming.None, keepAlive: true, changes);

        Encoding.Latin1.GetString(destination, 0, length).ShouldBe(expected.Replace("|", "\r\n", StringComparison.Ordinal) + "\r\n\r\n");
    }

    private static List<string> Lines(string text) => [.. text.TrimEnd().Split("\r\n").Skip(2)];

    private static string Request(string fields, HeaderRulesConfig config)
    {
        RequestHead head = Heads.Request($"GET / HTTP/1.1\r\nHost: h\r\n{fields}", out byte[] bytes);
        byte[] destination = new byte[2000];
        var origin = new ClientOrigin
        {
            Listener = new HttpListenerSnapshot("l", new PoolSnapshot("p", [])) { Forwarded = !config.Set.Any() },
            PeerIp = "192.0.2.1"u8,
            ClientIp = "192.0.2.1"u8,
            RequestId = "id"u8,
        };
        var changes = new RequestChanges { Headers = new HeaderRules(config) };
        int length = RequestForwarder.Write(destination, bytes, head, origin, changes, new PathScratch());
        return Encoding.Latin1.GetString(destination, 0, length);
    }
}
