using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Upstream;

/// <summary>How an attempt to connect to a server ended.</summary>
/// <param name="Stream">The connection, over which requests may go; null: <paramref name="Error"/> says why there is none.</param>
/// <param name="Error">None: there is one.</param>
/// <param name="IsOurs">Whether it failed for a reason of this side, which says nothing of the server.</param>
/// <param name="Detail">More of a failure, for logs; empty where the error says it all.</param>
/// <param name="IsCertificateRefused">Whether the server's certificate is why.</param>
/// <param name="IsHttp2">Whether HTTP/2 was agreed on (ALPN).</param>
internal readonly record struct Dialed(
    ByteStream? Stream, ProxyError Error, bool IsOurs = false, string Detail = "", bool IsCertificateRefused = false, bool IsHttp2 = false);
