using Atlas.Protocols.Http;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Forwarding;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Http;

/// <summary>Decides which well-formed requests go no further, whatever their route.</summary>
internal static class RequestRefusal
{
    /// <summary>Why a request is not passed on at all; none if it is.</summary>
    internal static ProxyError Of(HttpListenerSnapshot listener, Exchange x)
    {
        ReadOnlySpan<byte> buffer = x.In!.Span;
        if (x.Request.Method is HttpMethod.Connect or HttpMethod.Trace)
        {
            return ProxyError.MethodNotAllowed;
        }

        // RFC 8470 5.1: the field means the same with any value. The client sends the request again once the handshake is done.
        if (x.Request.Headers.Contains(KnownHeader.EarlyData) && !x.Request.Method.IsSafe())
        {
            return ProxyError.TooEarly;
        }

        if (x.Request.ContentLength > listener.MaxBodyBytes)
        {
            return ProxyError.BodyTooLarge;
        }

        if (RequestForwarder.EndsHere(buffer, x.Request))
        {
            return ProxyError.MaxForwardsReached;
        }

        return RequestForwarder.IsLoop(buffer, x.Request, listener.PseudonymBytes) ? ProxyError.Loop : ProxyError.None;
    }
}
