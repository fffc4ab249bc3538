using System.Globalization;
using System.Text;

namespace Atlas.Bench.Load;

/// <summary>What a client sends and what must come back.</summary>
internal sealed class Exchange
{
    private Exchange(string path, int responseBytes, int uploadBytes, bool close, string cookie = "session=0123456789abcdef0123456789abcdef")
    {
        ResponseBytes = responseBytes;
        UploadBytes = uploadBytes;
        Close = close;
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"{(uploadBytes > 0 ? "POST" : "GET")} {path} HTTP/1.1\r\n");
        head.Append("Host: shop.example.com\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) bench/1.0\r\nAccept: application/json\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Accept-Encoding: gzip, br\r\nCookie: {cookie}\r\n");
        if (uploadBytes > 0)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: application/octet-stream\r\nContent-Length: {uploadBytes}\r\n");
        }

        head.Append(close ? "Connection: close\r\n\r\n" : "\r\n");
        Head = Encoding.ASCII.GetBytes(head.ToString());
    }

    internal byte[] Head { get; }

    internal int ResponseBytes { get; }

    internal int UploadBytes { get; }

    internal bool Close { get; }

    internal static Exchange Small { get; } = new("/small?page=1", Origin.SmallBytes, 0, false);

    internal static Exchange SmallOnNewConnection { get; } = new("/small?page=1", Origin.SmallBytes, 0, true);

    internal static Exchange Medium { get; } = new("/medium", Origin.MediumBytes, 0, false);

    internal static Exchange Large { get; } = new("/large", Origin.LargeBytes, 0, false);

    internal static Exchange Upload { get; } = new("/upload", Origin.SmallBytes, Origin.LargeBytes, false);

    /// <summary>A small one of a user with a session.</summary>
    /// <param name="cookie">The cookie that carries its id.</param>
    /// <param name="writes">Whether the server writes the session.</param>
    internal static Exchange OfSession(string cookie, bool writes) =>
        new(writes ? "/write?page=1" : "/small?page=1", Origin.SmallBytes, 0, close: false, cookie);
}
