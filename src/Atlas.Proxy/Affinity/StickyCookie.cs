using Atlas.Core.Affinity;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Affinity;

/// <summary>The cookie by which a pool's clients keep their server. Immutable.</summary>
/// <param name="config">Its name and attributes.</param>
/// <param name="ids">What it may say.</param>
internal sealed class StickyCookie(CookieConfig config, ServerIds ids)
{
    private readonly SetCookie _cookie = new(config);

    internal ServerIds Ids { get; } = ids;

    internal ReadOnlySpan<byte> Name => _cookie.Name;

    /// <summary>Writes the field that binds a client to a server.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="server">The server's place in the pool.</param>
    /// <param name="overTls">Whether the client's request came over TLS.</param>
    internal void Write(ref HeadWriter writer, int server, bool overTls) => _cookie.Write(ref writer, Ids[server], overTls);
}
