namespace Atlas.Proxy.Logging;

/// <summary>How long the parts of a line may become.</summary>
internal static class LineBounds
{
    /// <summary>Bytes kept of what a client names at length: path, query, user agent, referer.</summary>
    internal const int LongField = 2048;

    /// <summary>Bytes kept of every other text. RFC 1035 2.3.4 lets a host name have 255.</summary>
    internal const int ShortField = 256;

    /// <summary>Bytes kept of the tries that failed: some twenty, with short names.</summary>
    internal const int TriesField = 160;

    /// <summary>What keys, numbers, dates, and the marks of shortened fields take at most.</summary>
    internal const int Fixed = 1792;

    // A byte becomes at most six: \u00XX.
    private const int Growth = 6;

    /// <summary>An upper bound of the line of a record, in every format.</summary>
    internal static int Of(in AccessRecord record) => Fixed + (Growth * (
        Short(record.ClientIp) + Short(record.Listener) + Short(record.Route) + Short(record.Pool) + Short(record.Server)
        + Short(record.Method) + Short(record.Host) + Short(record.Version) + Short(record.RequestId) + Short(record.Detail)
        + Math.Min(record.FailedTries.Length, TriesField) + Of(record.Tls)
        + Long(record.Path) + Long(record.Query) + Long(record.UserAgent) + Long(record.Referer)));

    /// <summary>An upper bound of the line of a record.</summary>
    internal static int Of(in StreamRecord record) => Fixed + (Growth * (
        Short(record.Protocol) + Short(record.ClientIp) + Short(record.Listener) + Short(record.Pool) + Short(record.Server)
        + Of(record.Tls) + Short(record.EndedFirst) + Short(record.Detail) + Math.Min(record.FailedTries.Length, TriesField)));

    /// <summary>An upper bound of the line of a record.</summary>
    internal static int Of(in UdpRecord record) => Fixed + (Growth * (
        Short(record.ClientIp) + Short(record.Listener) + Short(record.Pool) + Short(record.Server)
        + Math.Min(record.FailedTries.Length, TriesField)));

    /// <summary>The first bytes of a text, cut between characters.</summary>
    /// <param name="text">Any bytes.</param>
    /// <param name="limit">How many are kept.</param>
    /// <param name="wasCut">Whether bytes are missing.</param>
    internal static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int limit, out bool wasCut)
    {
        wasCut = text.Length > limit;
        if (!wasCut)
        {
            return text;
        }

        // A character of UTF-8 has at most three continuation bytes (10xxxxxx); what has more is no UTF-8 anyway.
        int end = limit;
        while (end > limit - 3 && (text[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return text[..end];
    }

    private static int Of(in TlsRecord tls) =>
        Short(tls.Version) + Short(tls.Cipher) + Short(tls.ServerName) + Short(tls.Protocol) + Short(tls.ClientVerify) + Short(tls.ClientSubject);

    private static int Short(ReadOnlySpan<byte> text) => Math.Min(text.Length, ShortField);

    private static int Long(ReadOnlySpan<byte> text) => Math.Min(text.Length, LongField);
}
