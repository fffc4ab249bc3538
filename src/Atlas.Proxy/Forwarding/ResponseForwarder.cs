using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Affinity;
using Atlas.Proxy.RateLimiting;

namespace Atlas.Proxy.Forwarding;

/// <summary>Writes the head that the client gets from the head that a server sent: hop-by-hop fields go and framing is
/// written anew for the client's version.</summary>
internal static class ResponseForwarder
{
    /// <summary>Writes the head.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="buffer">The server's bytes.</param>
    /// <param name="head">The server's head.</param>
    /// <param name="request">The request that it answers.</param>
    /// <param name="framing">How the body goes to the client.</param>
    /// <param name="keepAlive">Whether the client's connection goes on afterwards.</param>
    /// <param name="changes">What else is otherwise.</param>
    /// <returns>Its length in bytes, or -1 if <paramref name="destination"/> is too short.</returns>
    internal static int Write(
        Span<byte> destination,
        ReadOnlySpan<byte> buffer,
        ResponseHead head,
        RequestHead request,
        BodyFraming framing,
        bool keepAlive,
        in ResponseChanges changes)
    {
        HeaderRules rules = changes.Rules;
        ClientBinding binding = changes.Binding;
        var writer = new HeadWriter(destination);
        writer.StatusLine(head.Status, head.Reason.Of(buffer));
        foreach (ref readonly HeaderField field in head.Headers.Fields)
        {
            if (!field.Nominated && Passes(field.Known) && !rules.Drop(field, buffer)
                && !binding.Hidden.Has(field, buffer)
                && !(changes.Limit.IsPresent && RateLimitReport.IsField(field.Name.Of(buffer))))
            {
                writer.Field(field.Name.Of(buffer), field.Value.Of(buffer));
            }
        }

        if (head.Status >= 200 && head.Headers.IndexOf(KnownHeader.Date) < 0 && !rules.Drop(KnownHeader.Date))
        {
            writer.Field("date"u8, changes.Date);
        }

        binding.Cookie?.Write(ref writer, binding.Server, binding.IsOverTls);
        binding.Shared?.WriteCookie(ref writer, binding.Client, binding.Server, binding.IsOverTls);
        binding.Session?.WriteCookie(ref writer, binding.IsOverTls);
        if (framing == BodyFraming.Chunked)
        {
            writer.Field("transfer-encoding"u8, "chunked"u8);
        }
        else if (head.ContentLength >= 0 && head.Status is >= 200 and not 204)
        {
            // A HEAD's or 304's Content-Length has no body behind it and passes as it is; 1xx and 204 may have none (RFC 9110
            // 8.6).
            writer.Field("content-length"u8, head.ContentLength);
        }

        if (framing == BodyFraming.Tunnel)
        {
            int upgrade = head.Headers.IndexOf(KnownHeader.Upgrade);
            if (upgrade >= 0)
            {
                writer.Field("upgrade"u8, head.Headers[upgrade].Value.Of(buffer));
            }

            writer.Field("connection"u8, "upgrade"u8);
            if (!changes.Accept.IsEmpty)
            {
                writer.Field("sec-websocket-accept"u8, changes.Accept);
            }
        }
        else if (head.Status >= 200)
        {
            if (!keepAlive)
            {
                writer.Field("connection"u8, "close"u8);
            }
            else if (request.Version == HttpVersion.Http10)
            {
                writer.Field("connection"u8, "keep-alive"u8);
            }
        }

        if (head.Status >= 200 || framing == BodyFraming.Tunnel)
        {
            changes.Limit.Write(ref writer, rules);
            rules.Write(ref writer);
        }

        writer.End();
        return writer.Overflowed ? -1 : writer.Written;
    }

    private static bool Passes(KnownHeader known)
    {
        switch (known)
        {
            case KnownHeader.Connection:
            case KnownHeader.ProxyConnection:
            case KnownHeader.KeepAlive:
            case KnownHeader.Te:
            case KnownHeader.TransferEncoding:
            case KnownHeader.ContentLength:
            case KnownHeader.Upgrade:
            case KnownHeader.Http2Settings:
            case KnownHeader.ProxyAuthenticate:
            case KnownHeader.ProxyAuthorization:
            case KnownHeader.AltSvc:
                return false;
            default:
                return true;
        }
    }
}
