namespace Atlas.Proxy.Http2;

/// <summary>What a connection opens with that speaks HTTP/2 without having asked (RFC 9113 3.3, 3.4).</summary>
internal static class Http2Preface
{
    /// <summary>Whether bytes begin like the preface, as far as it looks like a request line of HTTP/1.1.</summary>
    internal static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith("PRI * HTTP/2.0\r\n"u8);
}
