using System.Text;

namespace Atlas.Integration.Tests.Fuzz;

/// <summary>Streams of requests made from good ones by a few seeded changes, of the kinds that tell parsers apart.</summary>
internal static class MutatedRequests
{
    private static readonly string[] Corpus =
    [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://a/x?y=z HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nConnection: keep-alive, X-Y\r\nX-Y: z\r\n\r\n",
        "POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world",
        "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n",
        "HEAD /h HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nVia: 1.1 b\r\n\r\n",
        "GET /old HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a:80\r\nMax-Forwards: 3\r\n\r\n",
        "PUT /u HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\nCookie: a=b\r\n\r\nabc",
    ];

    private static readonly string[] Pieces =
    [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "\u000B", "\xFF", "%00", "#", "\r\n ", "\r\n\r\n", "0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Host: b\r\n", "transfer_encoding: chunked\r\n",
        "Connection: close\r\n", "Connection: Content-Length\r\n", "Upgrade: h2c\r\n", "HTTP/1.1", "HTTP/1.0", "chunked", "GET ", "ffffffffffffffff",
    ];

    public static byte[] Next(Random random)
    {
        var text = new StringBuilder();
        for (int requests = random.Next(1, 4); requests > 0; requests--)
        {
            text.Append(Corpus[random.Next(Corpus.Length)]);
        }

        for (int changes = random.Next(0, 4); changes > 0; changes--)
        {
            Change(text, random);
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static void Change(StringBuilder text, Random random)
    {
        int at = random.Next(text.Length);
        switch (random.Next(6))
        {
            case 0:
                text[at] = (char)random.Next(256);
                break;
            case 1:
                text.Remove(at, Math.Min(random.Next(1, 4), text.Length - at));
                break;
            case 2:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 3:
                int line = text.ToString().IndexOf("\r\n", at, StringComparison.Ordinal);
                text.Insert(line < 0 ? at : line + 2, Pieces[random.Next(Pieces.Length)]);
                break;
            case 4:
                text[at] = (char)(text[at] ^ (1 << random.Next(8)));
                break;
            default:
                string copy = text.ToString(at, Math.Min(random.Next(1, 40), text.Length - at));
                text.Insert(random.Next(text.Length), copy);
                break;
        }

        if (text.Length == 0)
        {
            text.Append('x');
        }
    }
}
