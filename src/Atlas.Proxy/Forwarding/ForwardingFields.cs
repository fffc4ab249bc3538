using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>The fields with which a proxy tells a server where a request came from. What an untrusted peer sent of them is
/// overwritten; what a trusted one sent is kept or added to. Those that the route drops are left out.</summary>
internal static class ForwardingFields
{
    // RFC 9110 4.2.1 and 4.2.2.
    private const int HttpPort = 80;
    private const int HttpsPort = 443;

    internal static void Write(
        ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, in ClientOrigin origin, HeaderRules rules)
    {
        if (!rules.Drop(KnownHeader.XForwardedFor))
        {
            WriteFor(ref writer, buffer, head, origin);
        }

        ReadOnlySpan<byte> scheme = Believed(buffer, head, KnownHeader.XForwardedProto, origin);
        WriteUnless(rules.Drop(KnownHeader.XForwardedProto), ref writer, "x-forwarded-proto"u8, scheme.IsEmpty ? SchemeOf(origin) : scheme);
        ReadOnlySpan<byte> host = Believed(buffer, head, KnownHeader.XForwardedHost, origin);
        host = host.IsEmpty ? head.Authority.Of(buffer) : host;
        WriteUnless(host.IsEmpty || rules.Drop(KnownHeader.XForwardedHost), ref writer, "x-forwarded-host"u8, host);
        if (!rules.Drop(KnownHeader.XForwardedPort))
        {
            WritePort(ref writer, buffer, head, origin);
        }

        WriteUnless(origin.ClientIp.IsEmpty || rules.Drop(KnownHeader.XRealIp), ref writer, "x-real-ip"u8, origin.ClientIp);
        if (!rules.Drop(KnownHeader.Forwarded))
        {
            WriteForwarded(ref writer, buffer, head, origin);
        }

        origin.Certificate?.Write(ref writer, rules);
        ReadOnlySpan<byte> id = Believed(buffer, head, KnownHeader.XRequestId, origin);
        WriteUnless(rules.Drop(KnownHeader.XRequestId), ref writer, "x-request-id"u8, id.IsEmpty ? origin.RequestId : id);
        if (!rules.Drop(KnownHeader.Via))
        {
            WriteVia(ref writer, buffer, head, origin);
        }
    }

    /// <summary>The value of a field that may be believed; empty if there is none.</summary>
    internal static ReadOnlySpan<byte> Believed(
        ReadOnlySpan<byte> buffer, RequestHead head, KnownHeader known, in ClientOrigin origin)
    {
        int index = origin.IsPeerTrusted ? head.Headers.IndexOf(known) : -1;
        return index < 0 ? default : head.Headers[index].Value.Of(buffer);
    }

    private static ReadOnlySpan<byte> SchemeOf(in ClientOrigin origin) => origin.IsSecure ? "https"u8 : "http"u8;

    private static void WriteUnless(
        bool isDropped, ref HeadWriter writer, scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> value)
    {
        if (!isDropped)
        {
            writer.Field(name, value);
        }
    }

    private static void WriteFor(ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, in ClientOrigin origin)
    {
        bool hasChain = origin.IsPeerTrusted && head.Headers.Contains(KnownHeader.XForwardedFor);
        if (origin.PeerIp.IsEmpty && !hasChain)
        {
            return;
        }

        writer.BeginField("x-forwarded-for"u8);
        if (hasChain)
        {
            ForwardedChain.Write(ref writer, buffer, head);
        }

        writer.Append(origin.PeerIp);
        writer.EndField();
    }

    private static void WritePort(ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, in ClientOrigin origin)
    {
        ReadOnlySpan<byte> port = Believed(buffer, head, KnownHeader.XForwardedPort, origin);
        if (port.IsEmpty)
        {
            writer.Field("x-forwarded-port"u8, head.Port >= 0 ? head.Port : origin.IsSecure ? HttpsPort : HttpPort);
        }
        else
        {
            writer.Field("x-forwarded-port"u8, port);
        }
    }

    // RFC 7239 4: a trusted peer's members stay, this hop's comes last and says what this hop saw. Without the option a
    // trusted peer's are passed on.
    private static void WriteForwarded(
        ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, in ClientOrigin origin)
    {
        bool hasChain = origin.IsPeerTrusted && head.Headers.Contains(KnownHeader.Forwarded);
        if (!origin.Listener.Forwarded && !hasChain)
        {
            return;
        }

        writer.BeginField("forwarded"u8);
        if (hasChain)
        {
            WriteChain(ref writer, buffer, head, KnownHeader.Forwarded, origin.Listener.Forwarded);
        }

        if (origin.Listener.Forwarded)
        {
            writer.Append("for="u8);
            WriteNode(ref writer, origin.PeerIp);
            if (!head.Authority.IsEmpty)
            {
                // The parser lets neither quotes nor backslashes into an authority.
                writer.Append(";host=\""u8);
                writer.Append(head.Authority.Of(buffer));
                writer.Append("\""u8);
            }

            writer.Append(";proto="u8);
            writer.Append(SchemeOf(origin));
        }

        writer.EndField();
    }

    // RFC 7239 6: IPv6 stands in brackets and quotes; what has no address is "unknown".
    private static void WriteNode(ref HeadWriter writer, ReadOnlySpan<byte> ip)
    {
        if (ip.IsEmpty)
        {
            writer.Append("unknown"u8);
        }
        else if (ip.Contains((byte)':'))
        {
            writer.Append("\"["u8);
            writer.Append(ip);
            writer.Append("]\""u8);
        }
        else
        {
            writer.Append(ip);
        }
    }

    private static void WriteVia(ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, in ClientOrigin origin)
    {
        writer.BeginField("via"u8);
        WriteChain(ref writer, buffer, head, KnownHeader.Via, another: true);
        writer.Append(origin.IsHttp2 ? "2.0 "u8 : head.Version == HttpVersion.Http10 ? "1.0 "u8 : "1.1 "u8);
        writer.Append(origin.Listener.PseudonymBytes);
        writer.EndField();
    }

    // All lines of a field as one list.
    private static void WriteChain(
        ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head, KnownHeader known, bool another)
    {
        int line = head.Headers.IndexOf(known);
        while (line >= 0)
        {
            writer.Append(head.Headers[line].Value.Of(buffer));
            line = head.Headers.IndexOf(known, line + 1);
            if (line >= 0 || another)
            {
                writer.Append(", "u8);
            }
        }
    }
}
