using System.Text;

namespace Atlas.Benchmarks;

/// <summary>Heads as they come: one small, one as a browser sends it.</summary>
internal static class Heads
{
    internal static byte[] SmallRequest { get; } = Bytes("""
        GET /small?page=1 HTTP/1.1
        Host: shop.example.com
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) bench/1.0
        Accept: application/json
        Accept-Encoding: gzip, br
        Cookie: session=0123456789abcdef0123456789abcdef


        """);

    internal static byte[] BrowserRequest { get; } = Bytes("""
        GET /products/4711/reviews?sort=newest&page=3&per_page=50 HTTP/1.1
        Host: shop.example.com
        Connection: keep-alive
        sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"
        sec-ch-ua-mobile: ?0
        sec-ch-ua-platform: "Linux"
        Upgrade-Insecure-Requests: 1
        User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36
        Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8
        Sec-Fetch-Site: same-origin
        Sec-Fetch-Mode: navigate
        Sec-Fetch-User: ?1
        Sec-Fetch-Dest: document
        Referer: https://shop.example.com/products/4711
        Accept-Encoding: gzip, deflate, br, zstd
        Accept-Language: en-GB,en;q=0.9,de;q=0.8
        Cookie: session=0123456789abcdef0123456789abcdef; consent=all; cart=3f2a9c; _ga=GA1.2.1234567890.1700000000


        """);

    internal static byte[] Response { get; } = Bytes("""
        HTTP/1.1 200 OK
        Server: origin
        Date: Tue, 04 Mar 2025 10:11:12 GMT
        Content-Type: application/json
        Cache-Control: private, no-store
        ETag: "5e3a-64b1f0c2"
        Content-Length: 128


        """);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n"));
}
