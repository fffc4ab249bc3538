using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Forwarding;

/// <summary>The members of a request's <c>X-Forwarded-For</c>, several lines being one list. Read only from peers that are
/// trusted.</summary>
internal static class ForwardedChain
{
    /// <summary>The most members that are looked at and passed on, the last ones (AWS ALB refuses more than 30).</summary>
    internal const int MaxMembers = 30;

    /// <summary>The client's address: from right to left, the first that is not a trusted proxy; where a member is no
    /// address, the last trusted one before it, since what stands left of it may be invented.</summary>
    /// <returns>Its place in the buffer; empty when the peer itself is all that is known.</returns>
    internal static Slice FindClient(ReadOnlySpan<byte> buffer, RequestHead head, HttpListenerSnapshot listener)
    {
        Span<Slice> last = stackalloc Slice[MaxMembers];
        int count = 0;
        int line = -1;
        while ((line = head.Headers.IndexOf(KnownHeader.XForwardedFor, line + 1)) >= 0)
        {
            Slice value = head.Headers[line].Value;
            var members = new TokenList(value.Of(buffer));
            while (members.MoveNext())
            {
                last[count++ % MaxMembers] = new Slice(value.Offset + members.Offset, members.Current.Length);
            }
        }

        Span<byte> ip = stackalloc byte[IpAddressText.MaxLength];
        Slice client = default;
        for (int i = count - 1; i >= Math.Max(0, count - MaxMembers); i--)
        {
            Slice member = last[i % MaxMembers];
            ReadOnlySpan<byte> text = IpAddressText.WithoutPort(member.Of(buffer));
            int length = IpAddressText.Parse(text, ip);
            if (length == 0)
            {
                break;
            }

            int bracket = buffer[member.Offset] == '[' ? 1 : 0;
            client = new Slice(member.Offset + bracket, text.Length);
            if (!listener.Trusts(ip[..length]))
            {
                break;
            }
        }

        return client;
    }

    /// <summary>Writes the last members, each followed by a comma and a space.</summary>
    internal static void Write(ref HeadWriter writer, ReadOnlySpan<byte> buffer, RequestHead head)
    {
        int skip = Count(buffer, head) - MaxMembers;
        int line = -1;
        while ((line = head.Headers.IndexOf(KnownHeader.XForwardedFor, line + 1)) >= 0)
        {
            foreach (ReadOnlySpan<byte> member in new TokenList(head.Headers[line].Value.Of(buffer)))
            {
                if (--skip < 0)
                {
                    writer.Append(member);
                    writer.Append(", "u8);
                }
            }
        }
    }

    private static int Count(ReadOnlySpan<byte> buffer, RequestHead head)
    {
        int count = 0;
        int line = -1;
        while ((line = head.Headers.IndexOf(KnownHeader.XForwardedFor, line + 1)) >= 0)
        {
            foreach (ReadOnlySpan<byte> _ in new TokenList(head.Headers[line].Value.Of(buffer)))
            {
                count++;
            }
        }

        return count;
    }
}
