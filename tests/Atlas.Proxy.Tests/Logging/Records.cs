using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Tests.Logging;

/// <summary>Records and their lines.</summary>
internal static class Records
{
    // 2024-02-29T12:34:56.007Z.
    public const long UnixMs = 1_709_210_096_007;

    public static AccessRecord Typical() => new()
    {
        UnixMs = UnixMs,
        ClientIp = "192.0.2.7"u8,
        ClientPort = 50123,
        Listener = "web"u8,
        Pool = "api"u8,
        Server = "b"u8,
        Method = "GET"u8,
        Host = "example.com"u8,
        Path = "/a/b"u8,
        Query = "x=1"u8,
        Version = "HTTP/1.1"u8,
        Status = 502,
        Error = ProxyError.UpstreamReset,
        Attempts = 2,
        FailedTries = "a=CF"u8,
        ReusedUpstream = true,
        BytesReceived = 120,
        BytesSent = 345,
        BodyReceived = 0,
        BodySent = 45,
        RequestId = "0123456789abcdef0123456789abcdef"u8,
        UserAgent = "curl/8.5"u8,
        Referer = "https://example.com/"u8,
        Tls = new TlsRecord
        {
            Version = "TLSv1.3"u8,
            Cipher = "TLS_AES_128_GCM_SHA256"u8,
            ServerName = "example.com"u8,
            Protocol = "http/1.1"u8,
            IsResumed = true,
            ClientVerify = "SUCCESS"u8,
            ClientSubject = "CN=a"u8,
        },
        Timers = new AccessTimers
        {
            HandshakeMs = 0,
            IdleMs = 12,
            RequestMs = 1,
            QueueMs = 0,
            ConnectMs = 3,
            ActiveMs = 9,
        },
    };

    /// <summary>A record whose texts are all the same and whose path ends in a number.</summary>
    public static AccessRecord Filled(ReadOnlySpan<byte> text, ReadOnlySpan<byte> path) => new()
    {
        UnixMs = long.MaxValue,
        ClientIp = text,
        ClientPort = int.MinValue,
        Listener = text,
        Route = text,
        Pool = text,
        Server = text,
        Method = text,
        Host = text,
        Path = path,
        Query = text,
        Version = text,
        Status = int.MinValue,
        Error = ProxyError.UpstreamTruncated,
        Attempts = int.MinValue,
        FailedTries = text,
        BytesReceived = long.MinValue,
        BytesSent = long.MinValue,
        BodyReceived = long.MinValue,
        BodySent = long.MinValue,
        RequestId = text,
        UserAgent = text,
        Referer = text,
        Tls = TlsOf(text),
    };

    /// <summary>A client's TLS whose texts are all the same.</summary>
    public static TlsRecord TlsOf(ReadOnlySpan<byte> text) => new()
    {
        Version = text,
        Cipher = text,
        ServerName = text,
        Protocol = text,
        ClientVerify = text,
        ClientSubject = text,
    };

    public static byte[] Json(in AccessRecord record)
    {
        LogDate date = DateOf(record);
        var line = new LineCursor(new byte[LineBounds.Of(record)]);
        JsonLine.Write(ref line, record, date);
        return line.Written.ToArray();
    }

    public static byte[] Combined(in AccessRecord record)
    {
        LogDate date = DateOf(record);
        var line = new LineCursor(new byte[LineBounds.Of(record)]);
        CombinedLine.Write(ref line, record, date);
        return line.Written.ToArray();
    }

    public static byte[] Json(in StreamRecord record)
    {
        var date = new LogDate();
        date.MoveTo(record.UnixMs);
        var line = new LineCursor(new byte[LineBounds.Of(record)]);
        JsonLine.Write(ref line, record, date);
        return line.Written.ToArray();
    }

    private static LogDate DateOf(in AccessRecord record)
    {
        var date = new LogDate();
        date.MoveTo(record.UnixMs);
        return date;
    }
}
