using System.Text;
using Atlas.Core.Routing;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Routing;

/// <summary>A parsed request as routes look at it.</summary>
/// <param name="buffer">The bytes that the head's slices lie in.</param>
/// <param name="head">The head.</param>
/// <param name="client">The client's address after trusted proxies; empty if it is not known.</param>
/// <param name="isPeerTrusted">Whether the peer's forwarding fields are believed.</param>
internal readonly ref struct RequestView(ReadOnlySpan<byte> buffer, RequestHead head, ReadOnlySpan<byte> client, bool isPeerTrusted)
    : IRouteRequest
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;

    public ReadOnlySpan<byte> Host => head.Host.Of(_buffer);

    public ReadOnlySpan<byte> Query => head.Query.Of(_buffer);

    public ReadOnlySpan<byte> Method => head.MethodName.Of(_buffer);

    public ReadOnlySpan<byte> Client { get; } = client;

    public int FindHeader(ReadOnlySpan<byte> name, int start)
    {
        ReadOnlySpan<HeaderField> fields = head.Headers.Fields;
        for (int i = start; i < fields.Length; i++)
        {
            if (fields[i].Name.Length == name.Length && Ascii.EqualsIgnoreCase(fields[i].Name.Of(_buffer), name)
                && BelievedFields.Has(fields[i], isPeerTrusted))
            {
                return i;
            }
        }

        return -1;
    }

    public ReadOnlySpan<byte> HeaderValue(int place) => head.Headers[place].Value.Of(_buffer);
}
