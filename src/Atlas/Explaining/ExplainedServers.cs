using System.Net;
using Atlas.Core.Configuration;
using Atlas.Proxy.Routing;
using Atlas.Running;

namespace Atlas.Explaining;

/// <summary>Says in words which server of a pool a request goes to, as far as the request and the configuration decide it.</summary>
internal sealed class ExplainedServers(AtlasConfig config, ListenerConfig listener, ExplainedRequest request, IPAddress client)
{
    private const string WhileUsable = "while it is usable";

    /// <summary>Where requests go that nothing binds.</summary>
    internal static string ByBalance(PoolConfig pool) => $"one of its servers by {ExplainedMatch.Word(pool.Balance)}";

    /// <summary>Where this request goes.</summary>
    internal string Which(PoolConfig pool)
    {
        try
        {
            ServerExplanation found = ServerExplanation.Of(
                pool, listener, request.Head, client, config.HighAvailability?.Secret, secret => Secrets.Read(secret, config));
            return pool.Sticky switch
            {
                { Store: string store } sticky => ByStore(pool, sticky, store, found),
                { By: StickyKind.Cookie, Cookie.Name: string name } => ByCookie(pool, name, found),
                { By: StickyKind.AppCookie, Name: string name } => found.HasKey
                    ? $"the server that a running Atlas has learned for cookie {name}, else {ByBalance(pool)}"
                    : $"{ByBalance(pool)}, since the request has no cookie {name} yet",
                { By: StickyKind.Ip } => Hashed(found, $"client {client}"),
                { By: StickyKind.Header, Name: string name } => found.HasKey
                    ? Hashed(found, $"header {name}")
                    : $"one of its servers by chance, since the request has no header {name}",
                _ => found.Server is null ? ByBalance(pool) : $"server {found.Server} by {ExplainedMatch.Word(pool.Balance)}, {WhileUsable}",
            };
        }
        catch (IOException e)
        {
            return $"one of its servers; which one the cookie names cannot be told: {e.Message}";
        }
    }

    private string ByStore(PoolConfig pool, StickyConfig sticky, string store, ServerExplanation found)
    {
        string hashed = found.Server is string server ? $"server {server}" : "none, since none of its servers has a weight";
        (string by, string otherwise) = sticky.By switch
        {
            StickyKind.Cookie => ($"cookie {sticky.Cookie.Name}", ByBalance(pool)),
            StickyKind.AppCookie => ($"cookie {sticky.Name}", ByBalance(pool)),
            StickyKind.Ip => ($"client {client}", hashed),
            StickyKind.Header => ($"header {sticky.Name}", hashed),
            _ => throw new ArgumentOutOfRangeException(nameof(sticky)),
        };
        return found.HasKey ? $"the server that store {store} has for {by}, else {otherwise}"
            : sticky.By == StickyKind.Header ? $"one of its servers by chance, since the request has no {by}"
            : sticky.By == StickyKind.Cookie ? $"{otherwise}, since the request has no {by} yet; the answer sets it"
            : $"{otherwise}, since the request has no {by} yet";
    }

    private static string ByCookie(PoolConfig pool, string name, ServerExplanation found) =>
        found.Server is string server ? $"server {server}, which cookie {name} names, {WhileUsable}"
        : found.HasKey ? $"{ByBalance(pool)}, since cookie {name} names none of them; the answer sets it anew"
        : $"{ByBalance(pool)}, since the request has no cookie {name} yet; the answer sets it";

    private static string Hashed(ServerExplanation found, string by) =>
        found.Server is string server ? $"server {server}, to which {by} sticks, {WhileUsable}" : "none of its servers has a weight";
}
