using System.Net;
using Atlas.Core.Configuration;

namespace Atlas.Control.Health;

/// <summary>What HTTP and gRPC probes have in common: to whom they speak and how.</summary>
internal static class ProbeHttp
{
    /// <summary>KiB of a response's head that are read; the data plane takes no more either.</summary>
    internal const int MaxHeadKiB = 32;

    /// <summary>The host and port that a request names unless <c>host</c> says otherwise.</summary>
    internal static string AuthorityOf(ServerAddress address) => address.UnixPath is null ? address.ToString() : "localhost";

    /// <summary>Where a request goes. What is configured is sent as it is written.</summary>
    internal static Uri UriOf(ServerAddress address, string target, ProbeSecurity? security) => new(
        $"{(security is null ? "http" : "https")}://{AuthorityOf(address)}{target}",
        new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    /// <summary>Sends requests to one address: redirects are not followed, no proxy is asked, and nothing is sent that the
    /// probe did not write.</summary>
    internal static SocketsHttpHandler HandlerFor(
        ServerAddress address, ProxyProtocolVersion proxyProtocol, ProbeSecurity? security, bool isHttp2) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        MaxResponseHeadersLength = MaxHeadKiB,
        MaxResponseDrainSize = 0,

        // The token of a probe bounds it as a whole.
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        // A stream that has shaken hands already is used as it is.
        ConnectCallback = (_, cancellation) => ServerSocket.OpenAsync(address, proxyProtocol, security, isHttp2, cancellation),
    };
}
