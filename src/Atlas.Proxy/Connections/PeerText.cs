using System.Net;
using SocketAddress = Atlas.Engine.Streams.SocketAddress;

namespace Atlas.Proxy.Connections;

/// <summary>A peer's address as the text that forwarding fields and logs carry, made once per connection.</summary>
internal static class PeerText
{
    // "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255".
    private const int MaxLength = 45;

    /// <summary>The IP address; empty for a unix socket.</summary>
    internal static byte[] Of(SocketAddress peer)
    {
        if (peer.IsUnix)
        {
            return [];
        }

        Span<byte> text = stackalloc byte[MaxLength];
        new IPAddress(peer.Ip).TryFormat(text, out int length);
        return text[..length].ToArray();
    }
}
