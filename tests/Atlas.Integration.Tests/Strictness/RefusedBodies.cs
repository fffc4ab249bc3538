namespace Atlas.Integration.Tests.Strictness;

/// <summary>Chunked bodies that must be refused. Their heads are fine and may have been forwarded, so what counts is that no
/// server ever sees such a body end.</summary>
internal static class RefusedBodies
{
    private const string Head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static IEnumerable<(string Row, int Status, string Request)> All()
    {
        foreach (string body in (string[])
        [
            "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5\rhello\r\n0\r\n\r\n",
            "5;a\nhello\r\n0\r\n\r\n", "5;\nhello\r\n0\r\n\r\n", "5\r\nhello\r\r\n0\r\n\r\n", "5\r\nhelloXX0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5_0\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n",
            "5 \r\nhello\r\n0\r\n\r\n", "5\t\r\nhello\r\n0\r\n\r\n", "\r\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n", "5.\r\nhello\r\n0\r\n\r\n",
            "00000000000000005\r\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n",
            "8000000000000000\r\nhello\r\n0\r\n\r\n", "5\0\r\nhello\r\n0\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n", "5; a\r\nhello\r\n0\r\n\r\n",
            "5;a=\r\nhello\r\n0\r\n\r\n", "5;=b\r\nhello\r\n0\r\n\r\n", "5;a=\"b\r\nhello\r\n0\r\n\r\n", "5;a\0b\r\nhello\r\n0\r\n\r\n",
            "5;a\rb\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nName : x\r\n\r\n", "5\r\nhello\r\n0\r\nName: x\n\r\n",
            "5\r\nhello\r\n0\r\n Name: x\r\n\r\n", "5\r\nhello\r\n0\r\nName\r\n\r\n", "5\r\nhello\r\n0\r\nN\0: x\r\n\r\n",
            "5\r\nhello\r\n0\r\nName: x\0\r\n\r\n", "5\r\nhello\r\n0\r\nName: x\r\n y\r\n\r\n", "0\n\n", "0;x\n\r\n",
        ])
        {
            yield return ($"chunks '{body}'", 400, Head + body);
        }

        yield return ("extension of 257 bytes", 400, $"{Head}5;{new string('a', 256)}\r\nhello\r\n0\r\n\r\n");
        yield return ("trailers of 9 KiB", 400, $"{Head}0\r\nName: {new string('a', 9000)}\r\n\r\n");
        yield return ("65 trailers", 400, $"{Head}0\r\n{string.Concat(Enumerable.Repeat("a: b\r\n", 65))}\r\n");
    }
}
