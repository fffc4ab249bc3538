using System.Text;
using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Tests.Forwarding;

public sealed class RequestKeysTests
{
    private const string Request = """
        GET /Shop/%41?id=7&user=ann&empty=&user=bob&userx=eve HTTP/1.1
        Host: Example.COM.:8080
        X-Tenant: blue
        x-tenant: green
        Cookie: a=1; id=s3cret; userx=eve
        User-Agent: curl
        cookie: user="quoted"; id=other
        X-Empty:
        """;

    [Theory]
    [InlineData(RequestKeyKind.Host, "", "example.com")]
    [InlineData(RequestKeyKind.Path, "", "/Shop/%41")]
    [InlineData(RequestKeyKind.Uri, "", "/Shop/%41?id=7&user=ann&empty=&user=bob&userx=eve")]
    [InlineData(RequestKeyKind.Header, "X-TENANT", "blue")]
    [InlineData(RequestKeyKind.Header, "user-agent", "curl")]
    [InlineData(RequestKeyKind.Header, "X-Empty", null)]
    [InlineData(RequestKeyKind.Header, "X-Other", null)]
    [InlineData(RequestKeyKind.Header, "X-Ten", null)]
    [InlineData(RequestKeyKind.Cookie, "id", "s3cret")]
    [InlineData(RequestKeyKind.Cookie, "user", "\"quoted\"")]
    [InlineData(RequestKeyKind.Cookie, "ID", null)]
    [InlineData(RequestKeyKind.Query, "user", "ann")]
    [InlineData(RequestKeyKind.Query, "userx", "eve")]
    [InlineData(RequestKeyKind.Query, "empty", null)]
    [InlineData(RequestKeyKind.Query, "use", null)]
    public void TryHash_PartOfARequest_IsTheHashOfItsText(RequestKeyKind kind, string name, string? expected) =>
        Hash(new RequestKey(kind, name), Request).ShouldBe(expected is null ? null : KeyHash.OfName(expected));

    [Theory]
    [InlineData("GET http://a HTTP/1.1\nHost: a", "/", "/")]
    [InlineData("GET http://a?x HTTP/1.1\nHost: a", "/", "x")]
    [InlineData("GET http://a/b?x HTTP/1.1\nHost: a", "/b", "/b?x")]
    [InlineData("GET /b? HTTP/1.1\nHost: a", "/b", "/b?")]
    [InlineData("OPTIONS * HTTP/1.1\nHost: a", "*", "*")]
    public void TryHash_OtherTargets_AreHashedWithoutTheirAuthority(string request, string path, string uri)
    {
        Hash(new RequestKey(RequestKeyKind.Path, ""), request).ShouldBe(KeyHash.OfName(path));
        Hash(new RequestKey(RequestKeyKind.Uri, ""), request).ShouldBe(KeyHash.OfName(uri));
    }

    [Fact]
    public void TryHash_NoHost_IsNoKey() => Hash(new RequestKey(RequestKeyKind.Host, ""), "GET / HTTP/1.0").ShouldBeNull();

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", 128, true)]
    [InlineData("2001:db8::1", "2001:db8::2", 64, true)]
    [InlineData("2001:db8::1", "2001:db8::2", 128, false)]
    [InlineData("192.0.2.1", "192.0.2.2", 64, false)]
    public void TryHash_ClientAddress_IsTheHashOfItsPrefix(string one, string other, int prefixBits, bool isSame)
    {
        ulong? a = Hash(RequestKey.ClientIp, Request, one, prefixBits);
        ulong? b = Hash(RequestKey.ClientIp, Request, other, prefixBits);

        a.ShouldNotBeNull();
        (a == b).ShouldBe(isSame);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    public void TryHash_ClientWithoutAddress_IsNoKey(string client) => Hash(RequestKey.ClientIp, Request, client).ShouldBeNull();

    /// <summary>What the server does not get as the client sent it is no key: a client could otherwise choose its server.</summary>
    [Theory]
    [InlineData("X-User", "X-User: a\nConnection: x-user", false, false)]
    [InlineData("X_User", "X_User: a", false, false)]
    [InlineData("X-Real-IP", "X-Real-IP: a", false, false)]
    [InlineData("X-Request-Id", "X-Request-Id: a", false, false)]
    [InlineData("X-Request-Id", "X-Request-Id: a", true, true)]
    [InlineData("Upgrade", "Upgrade: a\nConnection: upgrade", false, true)]
    public void TryHash_FieldThatIsNotBelieved_IsNoKey(string name, string fields, bool isPeerTrusted, bool isKey) =>
        Hash(new RequestKey(RequestKeyKind.Header, name), $"GET / HTTP/1.1\nHost: a\n{fields}", isPeerTrusted: isPeerTrusted)
            .ShouldBe(isKey ? KeyHash.OfName("a") : null);

    private static ulong? Hash(
        RequestKey key, string request, string client = "", int prefixBits = 64, bool isPeerTrusted = false)
    {
        RequestHead head = Heads.Request(request, out byte[] buffer);
        bool isHashed = new RequestKeys(key, prefixBits).TryHash(buffer, head, Encoding.ASCII.GetBytes(client), isPeerTrusted, out ulong hash);
        return isHashed ? hash : null;
    }
}
