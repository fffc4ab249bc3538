using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>Writes the head that a server gets from the head that a client sent (RFC 9110 7.6): hop-by-hop fields and
/// those that <c>Connection</c> names go, framing is written anew, and the proxy's own fields are added. The client's
/// <c>X-Forwarded-*</c> are overwritten: nobody is trusted who was not configured.</summary>
internal static class RequestForwarder
{
    /// <summary>Writes the head.</summary>
    /// <returns>Its length in bytes, or -1 if <paramref name="destination"/> is too short.</returns>
    internal static int Write(
        Span<byte> destination,
        ReadOnlySpan<byte> buffer,
        RequestHead head,
        ReadOnlySpan<byte> clientIp,
        ReadOnlySpan<byte> pseudonym,
        ReadOnlySpan<byte> requestId)
    {
        var writer = new HeadWriter(destination);
        ReadOnlySpan<byte> path = head.Path.Of(buffer);
        if (path.IsEmpty)
        {
            path = head.Method == HttpMethod.Options && !head.HasQuery ? "*"u8 : "/"u8;
        }

        writer.RequestLine(head.MethodName.Of(buffer), path, head.HasQuery, head.Query.Of(buffer));
        ReadOnlySpan<byte> authority = head.Authority.Of(buffer);
        if (!authority.IsEmpty)
        {
            writer.Field("host"u8, authority);
        }

        foreach (ref readonly HeaderField field in head.Headers.Fields)
        {
            if (!field.Nominated && !field.HasUnderscore && Passes(field.Known))
            {
                writer.Field(field.Name.Of(buffer), field.Value.Of(buffer));
            }
        }

        WriteFraming(ref writer, buffer, head);
        writer.Field("x-forwarded-for"u8, clientIp);
        writer.Field("x-forwarded-proto"u8, "http"u8);
        if (!authority.IsEmpty)
        {
            writer.Field("x-forwarded-host"u8, authority);
        }

        if (head.Headers.IndexOf(KnownHeader.XRequestId) < 0)
        {
            writer.Field("x-request-id"u8, requestId);
        }

        writer.BeginField("via"u8);
        int via = -1;
        while ((via = head.Headers.IndexOf(KnownHeader.Via, via + 1)) >= 0)
        {
            writer.Append(head.Headers[via].Value.Of(buffer));
            writer.Append(", "u8);
        }

        writer.Append(head.Version == HttpVersion.Http10 ? "1.0 "u8 : "1.1 "u8);
        writer.Append(pseudonym);
        writer.EndField();
        writer.End();
        return writer.Overflowed ? -1 : writer.Written;
    }

    /// <summary>Whether the request passed a proxy of this name before (RFC 9110 7.6.3).</summary>
    internal static bool IsLoop(ReadOnlySpan<byte> buffer, RequestHead head, ReadOnlySpan<byte> pseudonym)
    {
        int via = -1;
        while ((via = head.Headers.IndexOf(KnownHeader.Via, via + 1)) >= 0)
        {
            foreach (ReadOnlySpan<byte> hop in new TokenList(head.Headers[via].Value.Of(buffer)))
            {
                int space = hop.IndexOf((byte)' ');
                if (space >= 0 && hop[(space + 1)..].SequenceEqual(pseudonym))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool Passes(KnownHeader known)
    {
        switch (known)
        {
            case KnownHeader.Host:
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
            case KnownHeader.Expect:
            case KnownHeader.Via:
            case KnownHeader.Forwarded:
            case KnownHeader.XForwardedFor:
            case KnownHeader.XForwardedProto:
            case KnownHeader.XForwardedHost:
            case KnownHeader.XForwardedPort:
            case KnownHeader.XRealIp:
                return false;
            default:
                return true;
        }
    }

    private static void WriteFraming(ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head)
    {
        if (head.Framing == BodyFraming.Length)
        {
            writer.Field("content-length"u8, head.ContentLength);
        }
        else if (head.Framing == BodyFraming.Chunked)
        {
            writer.Field("transfer-encoding"u8, "chunked"u8);
        }

        if (head.ExpectContinue && head.Framing != BodyFraming.None)
        {
            writer.Field("expect"u8, "100-continue"u8);
        }

        bool upgrade = IsTunnel(buffer, head);
        if (upgrade)
        {
            writer.Field("upgrade"u8, head.UpgradeProtocol.Of(buffer));
        }

        if (upgrade || head.TeTrailers)
        {
            writer.Field("connection"u8, upgrade && head.TeTrailers ? "upgrade, te"u8 : upgrade ? "upgrade"u8 : "te"u8);
        }

        if (head.TeTrailers)
        {
            writer.Field("te"u8, "trailers"u8);
        }
    }

    /// <summary>Whether the request asks for an upgrade that is passed on: never h2c, which would hide requests from the
    /// proxy, and never with a body.</summary>
    internal static bool IsTunnel(ReadOnlySpan<byte> buffer, RequestHead head)
    {
        if (!head.UpgradeRequested || head.Framing != BodyFraming.None)
        {
            return false;
        }

        ReadOnlySpan<byte> protocol = head.UpgradeProtocol.Of(buffer);
        return !protocol.StartsWith("h2"u8) && !protocol.StartsWith("H2"u8);
    }
}
