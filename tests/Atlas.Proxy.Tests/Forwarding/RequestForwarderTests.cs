using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Tests.Forwarding;

public sealed class RequestForwarderTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    private static readonly HttpListenerSnapshot Listener = new("web", new PoolSnapshot("pool", []))
    {
        TrustedProxies = [Network("10.0.0.0/8"), Network("2001:db8::/32")],
    };

    [Fact]
    public void Write_PlainRequest_AddsWhatTheServerShouldKnow()
    {
        Forward("GET /a?b HTTP/1.1\nHost: example.com:8080\nAccept: x").ShouldBe(
            """
            GET /a?b HTTP/1.1
            host: example.com:8080
            Accept: x
            x-forwarded-for: 192.0.2.1
            x-forwarded-proto: http
            x-forwarded-host: example.com:8080
            x-forwarded-port: 8080
            x-real-ip: 192.0.2.1
            x-request-id: 0123456789abcdef0123456789abcdef
            via: 1.1 atlas
            """);
    }

    [Fact]
    public void Write_ForwardingFieldsOfAStranger_AreOverwritten()
    {
        string head = Forward(
            """
            GET / HTTP/1.1
            Host: h
            X-Forwarded-For: 10.1.1.1
            X-Forwarded-Proto: https
            X-Forwarded-Host: evil
            X-Forwarded-Port: 443
            X-Forwarded-Server: evil
            X-Real-IP: 10.1.1.1
            Forwarded: for=10.1.1.1
            X-Request-Id: mine
            """);

        head.ShouldNotContain("10.1.1.1");
        head.ShouldNotContain("evil");
        head.ShouldNotContain("mine");
        head.ShouldContain("x-forwarded-proto: http\n");
        head.ShouldContain("x-forwarded-port: 80\n");
        head.ShouldContain("x-request-id: " + Id);
    }

    [Fact]
    public void Write_ForwardingFieldsOfATrustedPeer_AreKeptAndAddedTo()
    {
        string head = Forward(
            """
            GET / HTTP/1.1
            Host: h
            X-Forwarded-For: 203.0.113.9
            X-Forwarded-For: 10.0.0.2, 10.0.0.3
            X-Forwarded-Proto: https
            X-Forwarded-Host: shop.example
            X-Forwarded-Port: 443
            Forwarded: for=203.0.113.9
            X-Request-Id: theirs
            """,
            peer: "10.0.0.1");

        head.ShouldContain("x-forwarded-for: 203.0.113.9, 10.0.0.2, 10.0.0.3, 10.0.0.1\n");
        head.ShouldContain("x-forwarded-proto: https\n");
        head.ShouldContain("x-forwarded-host: shop.example\n");
        head.ShouldContain("x-forwarded-port: 443\n");
        head.ShouldContain("forwarded: for=203.0.113.9\n");
        head.ShouldContain("x-real-ip: 203.0.113.9\n");
        head.ShouldContain("x-request-id: theirs\n");
    }

    [Theory]
    [InlineData("203.0.113.9", "203.0.113.9")]
    [InlineData("198.51.100.1, 203.0.113.9", "203.0.113.9")]
    [InlineData("203.0.113.9, 10.0.0.2", "203.0.113.9")]
    [InlineData("10.0.0.3, 10.0.0.2", "10.0.0.3")]
    [InlineData("203.0.113.9, unknown, 10.0.0.2", "10.0.0.2")]
    [InlineData("203.0.113.9, unknown", "10.0.0.1")]
    [InlineData("203.0.113.9:4711", "203.0.113.9")]
    [InlineData("[2001:db9::1]:443, [2001:db8::1]", "2001:db9::1")]
    [InlineData("192.0.2.999", "10.0.0.1")]
    public void Write_ChainOfATrustedPeer_GivesTheFirstUntrustedFromTheRight(string chain, string client)
    {
        Forward($"GET / HTTP/1.1\nHost: h\nX-Forwarded-For: {chain}", peer: "10.0.0.1")
            .ShouldContain($"x-real-ip: {client}\n");
    }

    [Fact]
    public void Write_ChainPastTheBound_KeepsItsEnd()
    {
        IEnumerable<string> chain = Enumerable.Range(1, ForwardedChain.MaxMembers + 1).Select(i => $"10.0.1.{i}");

        string head = Forward($"GET / HTTP/1.1\nHost: h\nX-Forwarded-For: {string.Join(", ", chain)}", peer: "10.0.0.1");

        head.ShouldContain("x-forwarded-for: 10.0.1.2, ");
        head.ShouldContain("x-real-ip: 10.0.1.2\n");
    }

    [Theory]
    [InlineData("192.0.2.1", "for=192.0.2.1;host=\"h\";proto=http")]
    [InlineData("2001:db9::1", "for=\"[2001:db9::1]\";host=\"h\";proto=http")]
    [InlineData("", "for=unknown;host=\"h\";proto=http")]
    public void Write_ForwardedIsOn_WritesThisHop(string peer, string member)
    {
        Forward("GET / HTTP/1.1\nHost: h", peer, Listener with { Forwarded = true }).ShouldContain($"forwarded: {member}\n");
    }

    [Fact]
    public void Write_ForwardedIsOnAndThePeerTrusted_AddsThisHop()
    {
        Forward("GET / HTTP/1.1\nHost: h\nForwarded: for=a\nForwarded: for=b", "10.0.0.1", Listener with { Forwarded = true })
            .ShouldContain("forwarded: for=a, for=b, for=10.0.0.1;host=\"h\";proto=http\n");
    }

    [Fact]
    public void Write_PeerOnAUnixSocket_TellsNoAddress()
    {
        string head = Forward("GET / HTTP/1.1\nHost: h", peer: "");

        head.ShouldNotContain("x-forwarded-for");
        head.ShouldNotContain("x-real-ip");
    }

    [Theory]
    [InlineData("OPTIONS", "5", "4")]
    [InlineData("OPTIONS", "x", "x")]
    [InlineData("OPTIONS", "-5", "-5")]
    [InlineData("GET", "5", "5")]
    public void Write_MaxForwards_CountsDownForOptionsOnly(string method, string value, string expected)
    {
        Forward($"{method} / HTTP/1.1\nHost: h\nMax-Forwards: {value}").ShouldContain($"max-forwards: {expected}\n");
    }

    [Theory]
    [InlineData("OPTIONS", "0", true)]
    [InlineData("OPTIONS", "1", false)]
    [InlineData("OPTIONS", "00", true)]
    [InlineData("GET", "0", false)]
    public void EndsHere_MaxForwards_EndsAtZeroForOptionsOnly(string method, string value, bool expected)
    {
        RequestHead head = Heads.Request($"{method} / HTTP/1.1\nHost: h\nMax-Forwards: {value}", out byte[] bytes);

        RequestForwarder.EndsHere(bytes, head).ShouldBe(expected);
    }

    [Theory]
    [InlineData("1.1 atlas, 1.1 atlas, 1.1 atlas, 1.1 atlas", false)]
    [InlineData("1.1 atlas, 1.1 atlas, 1.1 atlas, 1.1 atlas, 1.0 atlas", true)]
    [InlineData("1.1 atlas (a), 1.1  atlas (b), HTTP/1.1 atlas\t(c), 1.1 atlas, 1.0 atlas", true)]
    [InlineData("1.1 a, 1.1 a, 1.1 a, 1.1 a, 1.1 a, 1.1 a", false)]
    [InlineData("atlas, atlas, atlas, atlas, atlas", false)]
    public void IsLoop_PassesOfThisProxy_AreCounted(string via, bool expected)
    {
        RequestHead head = Heads.Request($"GET / HTTP/1.1\nHost: h\nVia: {via}", out byte[] bytes);

        RequestForwarder.IsLoop(bytes, head, "atlas"u8).ShouldBe(expected);
    }

    [Fact]
    public void Write_TooShortADestination_SaysSo()
    {
        RequestHead head = Heads.Request("GET / HTTP/1.1\nHost: h", out byte[] bytes);
        int needed = Write(new byte[1000], bytes, head, "192.0.2.1", Listener);

        Write(new byte[needed], bytes, head, "192.0.2.1", Listener).ShouldBe(needed);
        Write(new byte[needed - 1], bytes, head, "192.0.2.1", Listener).ShouldBe(-1);
    }

    private static string Forward(string request, string peer = "192.0.2.1", HttpListenerSnapshot? listener = null)
    {
        RequestHead head = Heads.Request(request, out byte[] bytes);
        byte[] destination = new byte[4096];
        int length = Write(destination, bytes, head, peer, listener ?? Listener);
        string text = Encoding.Latin1.GetString(destination, 0, length);
        text.ShouldEndWith("\r\n\r\n");
        return text[..^4].Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static int Write(
        byte[] destination, byte[] bytes, RequestHead head, string peer, HttpListenerSnapshot listener)
    {
        byte[] peerIp = Encoding.ASCII.GetBytes(peer);
        bool trusted = peer.Length > 0 && listener.Trusts(System.Net.IPAddress.Parse(peer).GetAddressBytes());
        var client = trusted ? ForwardedChain.FindClient(bytes, head, listener) : default;
        var origin = new ClientOrigin
        {
            Listener = listener,
            PeerIp = peerIp,
            ClientIp = client.IsEmpty ? peerIp : client.Of(bytes),
            IsPeerTrusted = trusted,
            RequestId = Encoding.ASCII.GetBytes(Id),
        };
        return RequestForwarder.Write(destination, bytes, head, origin, RequestChanges.None, new PathScratch());
    }

    private static IpNetwork Network(string text)
    {
        IpNetwork.TryParse(text, out IpNetwork network).ShouldBeTrue();
        return network;
    }
}
