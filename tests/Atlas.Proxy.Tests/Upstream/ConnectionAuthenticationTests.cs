using Atlas.Protocols.Http1;
using Atlas.Proxy.Upstream;

namespace Atlas.Proxy.Tests.Upstream;

public sealed class ConnectionAuthenticationTests
{
    [Theory]
    [InlineData("Accept: x", "Server: y", false)]
    [InlineData("Authorization: Basic bnRsbQ==", "WWW-Authenticate: Basic realm=\"ntlm\"", false)]
    [InlineData("Authorization: NTLM TlRMTVNTUAAB", "Server: y", true)]
    [InlineData("Authorization: negotiate YII", "Server: y", true)]
    [InlineData("Accept: x", "WWW-Authenticate: Negotiate", true)]
    [InlineData("Accept: x", "WWW-Authenticate: Basic realm=\"a\", NTLM", true)]
    [InlineData("Accept: x", "WWW-Authenticate: Basic realm=\"a\"\nWWW-Authenticate: NTLM", true)]
    public void IsUsed_Schemes_TellsThoseThatBindTheConnection(string requestField, string responseField, bool expected)
    {
        RequestHead request = Heads.Request($"GET / HTTP/1.1\nHost: a\n{requestField}", out byte[] requestBytes);
        ResponseHead response = Heads.Response($"HTTP/1.1 401 Unauthorized\nContent-Length: 0\n{responseField}", out byte[] bytes);

        ConnectionAuthentication.IsUsed(requestBytes, request, bytes, response).ShouldBe(expected);
    }
}
