using Atlas.Core.Balancing;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Http;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Routing;

/// <summary>Finds out who a request comes from and which route takes it.</summary>
internal static class RequestRouter
{
    // A client changes the rest of its IPv6 address itself (RFC 8981).
    private const int SplitIpv6PrefixBits = 64;

    /// <summary>Sets the exchange's client, route and pool. Without a pool and an error, the proxy answers itself: what the
    /// route says, or a redirect to the path with its encoded slashes decoded.</summary>
    /// <returns>Why no route takes it.</returns>
    internal static ProxyError Choose(WorkerContext context, Downstream session, Exchange x)
    {
        ReadOnlySpan<byte> buffer = x.In!.Span;
        HttpListenerSnapshot listener = session.Listener;
        if (session.IsPeerTrusted && x.Request.Headers.Contains(KnownHeader.XForwardedFor))
        {
            x.Client = ForwardedChain.FindClient(buffer, x.Request, listener);
        }

        ReadOnlySpan<byte> raw = x.Request.Path.Of(buffer);
        x.PathStatus = RequestPath.Normalize(raw, listener.EncodedSlashes, context.Paths.Compared(raw.Length), out ReadOnlySpan<byte> path);
        if (x.PathStatus != PathStatus.Ok)
        {
            return x.PathStatus == PathStatus.Redirect ? ProxyError.None : ProxyError.BadRequest;
        }

        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        ReadOnlySpan<byte> client = ClientIp(session, x, buffer, ip);
        var view = new RequestView(buffer, x.Request, client, session.IsPeerTrusted);
        int index = listener.Routes.Table.Find(ref view, path, context.RouteScratch);
        if (index < 0)
        {
            x.UndecidedBy = context.RouteScratch.UndecidedBy;
            return index == RouteTable.Undecided ? ProxyError.BadRequest : ProxyError.NoRoute;
        }

        RouteSnapshot route = listener.Routes[index];
        x.Route = route;
        x.RouteIndex = index;
        x.Pool = route.Pool ?? ChoosePool(context, route, client);
        return ProxyError.None;
    }

    /// <summary>The scheme that the client sees: this connection's, unless a trusted proxy says what it is before it.</summary>
    internal static ReadOnlySpan<byte> SchemeOf(Downstream session, Exchange x)
    {
        int told = session.IsPeerTrusted ? x.Request.Headers.IndexOf(KnownHeader.XForwardedProto) : -1;
        bool isHttps = told < 0
            ? session.Connection.IsSecure
            : System.Text.Ascii.EqualsIgnoreCase(x.Request.Headers[told].Value.Of(x.In!.Span), "https"u8);
        return isHttps ? "https"u8 : "http"u8;
    }

    /// <summary>What the route's path prefix left over of the path as it came, without a slash before it.</summary>
    internal static ReadOnlySpan<byte> RestOf(WorkerContext context, Downstream session, Exchange x)
    {
        ReadOnlySpan<byte> raw = x.Request.Path.Of(x.In!.Span);
        if (RequestPath.Normalize(raw, EncodedSlashPolicy.Keep, context.Paths.Compared(raw.Length), out var path) != PathStatus.Ok)
        {
            return default;
        }

        int start = RequestPath.RestStart(raw, path, session.Listener.Routes.Table.MatchedPrefix(x.RouteIndex, path));
        return start < 0 ? default : raw[start..].TrimStart((byte)'/');
    }

    private static ReadOnlySpan<byte> ClientIp(Downstream session, Exchange x, ReadOnlySpan<byte> buffer, Span<byte> ip)
    {
        if (x.Client.IsEmpty)
        {
            return session.Peer.Ip;
        }

        int length = IpAddressText.Parse(x.Client.Of(buffer), ip);
        return ip[..length];
    }

    private static PoolSnapshot? ChoosePool(WorkerContext context, RouteSnapshot route, ReadOnlySpan<byte> client)
    {
        if (route.Split is not SplitSnapshot split)
        {
            return null;
        }

        return split.Choose(split.IsSticky && !client.IsEmpty ? KeyHash.OfAddress(client, SplitIpv6PrefixBits) : context.RandomBits());
    }
}
