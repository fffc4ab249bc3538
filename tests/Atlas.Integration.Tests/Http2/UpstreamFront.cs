using System.Net;
using System.Net.Http;
using Atlas.Core.Configuration;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Http2;

/// <summary>Atlas before a server of HTTP/2, and its clients.</summary>
internal static class UpstreamFront
{
    internal static RunningAtlas Before(KestrelServer server, AtlasOptions? options = null) =>
        new((options ?? new AtlasOptions()) with { Protocol = UpstreamProtocol.Http2 }, [("kestrel", server.Address)]);

    internal static HttpClient Client(int version) => new(new SocketsHttpHandler { EnableMultipleHttp2Connections = false })
    {
        DefaultRequestVersion = Version(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact, Timeout = WireConnection.Deadline,
    };

    internal static Version Version(int version) => version == 1 ? HttpVersion.Version11 : HttpVersion.Version20;
}
