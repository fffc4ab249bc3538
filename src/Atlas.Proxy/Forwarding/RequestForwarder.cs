using System.Buffers.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>Writes the head that a server gets from the head that a client sent (RFC 9110 7.6): hop-by-hop fields and
/// those that <c>Connection</c> names go, framing is written anew, and the proxy's own fields are added
/// (<see cref="ForwardingFields"/>).</summary>
internal static class RequestForwarder
{
    /// <summary>Times that a request may have passed a proxy of this name before: tiers of Atlas before Atlas are common,
    /// more than this is a loop.</summary>
    internal const int MaxPasses = 4;

    /// <summary>Writes the head.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="buffer">The client's bytes.</param>
    /// <param name="head">The client's head.</param>
    /// <param name="origin">Where the request came from.</param>
    /// <param name="changes">What the route changes.</param>
    /// <param name="scratch">Memory of the worker.</param>
    /// <returns>Its length in bytes, or -1 if <paramref name="destination"/> is too short.</returns>
    internal static int Write(
        Span<byte> destination,
        ReadOnlySpan<byte> buffer,
        RequestHead head,
        in ClientOrigin origin,
        RequestChanges changes,
        PathScratch scratch)
    {
        var writer = new HeadWriter(destination);
        ReadOnlySpan<byte> path = head.Path.Of(buffer);
        if (path.IsEmpty)
        {
            path = head.Method == HttpMethod.Options && !head.HasQuery ? "*"u8 : "/"u8;
        }

        path = changes.Path is null ? path : changes.Path.Apply(path, scratch);
        writer.RequestLine(head.MethodName.Of(buffer), path, head.HasQuery, head.Query.Of(buffer));

        // RFC 9112 3.2: an HTTP/1.0 request without an authority goes on with an empty Host.
        writer.Field("host"u8, changes.HostBytes.Length > 0 ? changes.HostBytes : head.Authority.Of(buffer));

        HeaderRules rules = changes.Headers;
        foreach (ref readonly HeaderField field in head.Headers.Fields)
        {
            if (rules.Drop(field, buffer) || origin.Listener.HiddenFields.Has(field, buffer))
            {
                continue;
            }

            if (!field.Nominated && !field.HasUnderscore && Passes(field.Known, origin))
            {
                writer.Field(field.Name.Of(buffer), field.Value.Of(buffer));
            }
            else if (field.Known == KnownHeader.MaxForwards)
            {
                WriteMaxForwards(ref writer, head.Method, field.Value.Of(buffer));
            }
        }

        WriteFraming(ref writer, buffer, head, isCopy: origin.IsCopy);
        ForwardingFields.Write(ref writer, buffer, head, origin, rules);
        rules.Write(ref writer);
        if (origin.IsCopy)
        {
            // So that a server can leave out what must not happen twice.
            writer.Field("atlas-mirror"u8, "1"u8);
        }
        else
        {
            origin.Session?.WriteFields(ref writer);
        }

        writer.End();
        return writer.Overflowed ? -1 : writer.Written;
    }

    /// <summary>Whether the request passed proxies of this name more often than <see cref="MaxPasses"/> (RFC 9110
    /// 7.6.3).</summary>
    internal static bool IsLoop(ReadOnlySpan<byte> buffer, RequestHead head, ReadOnlySpan<byte> pseudonym)
    {
        int passes = 0;
        int via = -1;
        while ((via = head.Headers.IndexOf(KnownHeader.Via, via + 1)) >= 0)
        {
            foreach (ReadOnlySpan<byte> hop in new TokenList(head.Headers[via].Value.Of(buffer)))
            {
                if (ReceivedBy(hop).SequenceEqual(pseudonym) && ++passes > MaxPasses)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether this proxy is the last that an OPTIONS request may reach (RFC 9110 7.6.2).</summary>
    internal static bool EndsHere(ReadOnlySpan<byte> buffer, RequestHead head)
    {
        int field = head.Method == HttpMethod.Options ? head.Headers.IndexOf(KnownHeader.MaxForwards) : -1;
        return field >= 0 && TryReadCount(head.Headers[field].Value.Of(buffer), out int left) && left == 0;
    }

    /// <summary>Whether the request asks for an upgrade that is passed on: never with a body. The parser offers no h2c,
    /// which would hide requests from the proxy.</summary>
    internal static bool IsTunnel(RequestHead head) => head.UpgradeRequested && head.Framing == BodyFraming.None;

    // RFC 9110 7.6.3: the protocol, the name, and perhaps a comment, with spaces between.
    private static ReadOnlySpan<byte> ReceivedBy(ReadOnlySpan<byte> hop)
    {
        int space = hop.IndexOfAny((byte)' ', (byte)'\t');
        ReadOnlySpan<byte> rest = space < 0 ? default : hop[space..].TrimStart(" \t"u8);
        int end = rest.IndexOfAny((byte)' ', (byte)'\t');
        return end < 0 ? rest : rest[..end];
    }

    private static bool Passes(KnownHeader known, in ClientOrigin origin)
    {
        switch (known)
        {
            case KnownHeader.None:
                return true;
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
            case KnownHeader.MaxForwards:
            case KnownHeader.XForwardedFor:
            case KnownHeader.XForwardedProto:
            case KnownHeader.XForwardedHost:
            case KnownHeader.XForwardedPort:
            case KnownHeader.XRealIp:
            case KnownHeader.XRequestId:
            case KnownHeader.Forwarded:
                return false;
            case KnownHeader.XForwardedServer:
                return origin.IsPeerTrusted;
            case KnownHeader.XClientCertVerify:
            case KnownHeader.XClientCertSubject:
            case KnownHeader.XClientCertFingerprint:
            case KnownHeader.ClientCert:
            case KnownHeader.ClientCertChain:
                // A proxy before this one may say it, unless this one itself asks clients for certificates.
                return origin is { IsPeerTrusted: true, Certificate: null };
            default:
                return true;
        }
    }

    // RFC 9110 7.6.2: only OPTIONS and TRACE count down; elsewhere the field may be passed on as it is.
    private static void WriteMaxForwards(ref HeadWriter writer, HttpMethod method, ReadOnlySpan<byte> value)
    {
        if (method == HttpMethod.Options && TryReadCount(value, out int left))
        {
            writer.Field("max-forwards"u8, Math.Max(left - 1, 0));
        }
        else
        {
            writer.Field("max-forwards"u8, value);
        }
    }

    private static bool TryReadCount(ReadOnlySpan<byte> value, out int count) =>
        Utf8Parser.TryParse(value, out count, out int read) && read == value.Length && count >= 0;

    // Of a copy's body all is at hand when it is sent.
    private static void WriteFraming(ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, bool isCopy)
    {
        if (head.Framing == BodyFraming.Length)
        {
            writer.Field("content-length"u8, head.ContentLength);
        }
        else if (head.Framing == BodyFraming.Chunked)
        {
            writer.Field("transfer-encoding"u8, "chunked"u8);
        }

        if (head.ExpectContinue && head.Framing != BodyFraming.None && !isCopy)
        {
            writer.Field("expect"u8, "100-continue"u8);
        }

        bool upgrade = IsTunnel(head);
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
}
