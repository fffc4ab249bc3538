using System.Text;

namespace Atlas.Integration.Tests.Fuzz;

/// <summary>Responses with a few seeded changes of single bytes and pieces.</summary>
internal static class MutatedResponses
{
    private static readonly string[] Corpus =
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nServer: x\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 500 Internal Server Error\r\nConnection: close\r\n\r\nwhat",
    ];

    private static readonly string[] Pieces =
        ["\r\n", "\n", "\r", "\0", " ", ":", "Content-Length: 1\r\n", "Transfer-Encoding: chunked\r\n", "\r\n x", "HTTP/1.1 101 X\r\n\r\n", "Connection: x\r\n"];

    public static byte[] Next(Random random)
    {
        var text = new StringBuilder(Corpus[random.Next(Corpus.Length)]);
        for (int changes = random.Next(0, 4); changes > 0; changes--)
        {
            int at = random.Next(text.Length);
            if (random.Next(2) == 0)
            {
                text[at] = (char)random.Next(256);
            }
            else
            {
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
            }
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
