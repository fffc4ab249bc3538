using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>The answer to a client's WebSocket key (RFC 6455 4.2.2), which servers of HTTP/2 do not get and do not give (RFC 8441
/// 5).</summary>
internal static class WebSocketAccept
{
    /// <summary>Bytes of the answer.</summary>
    internal const int Length = 28;

    private const int MaxKey = 64;

    /// <summary>Writes the answer to a request's key.</summary>
    /// <param name="buffer">The client's bytes.</param>
    /// <param name="head">The client's head.</param>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <returns>The answer; empty: the request has no key that one could answer.</returns>
    [SuppressMessage("Security", "CA5350:Do not use weak cryptographic algorithms", Justification = "RFC 6455 has it so; it hides nothing.")]
    internal static ReadOnlySpan<byte> For(ReadOnlySpan<byte> buffer, RequestHead head, Span<byte> destination)
    {
        ReadOnlySpan<byte> guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;
        int field = head.Headers.IndexOf(KnownHeader.SecWebSocketKey);
        ReadOnlySpan<byte> key = field < 0 ? default : head.Headers[field].Value.Of(buffer);
        if (key.IsEmpty || key.Length > MaxKey)
        {
            return default;
        }

        Span<byte> text = stackalloc byte[MaxKey + guid.Length];
        key.CopyTo(text);
        guid.CopyTo(text[key.Length..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(text[..(key.Length + guid.Length)], hash);
        Base64.EncodeToUtf8(hash, destination, out _, out int written);
        return destination[..written];
    }
}
