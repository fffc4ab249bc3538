using System.Globalization;
using System.Text;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A request and the response to it, drawn at random.</summary>
public sealed class RandomExchange
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "HEAD", "POST", "POST", "PUT", "DELETE", "OPTIONS"];
    private static readonly int[] Statuses = [200, 200, 200, 200, 201, 204, 304, 404, 500];

    private readonly Random _random;

    public RandomExchange(Random random, int id, int maxBody)
    {
        _random = random;
        Target = $"/{id}";
        Method = Methods[random.Next(Methods.Length)];
        bool hasBody = Method is "POST" or "PUT" || (Method == "DELETE" && random.Next(4) == 0);
        RequestBody = hasBody ? Body(maxBody) : [];
        Status = Statuses[random.Next(Statuses.Length)];
        ResponseHasBody = Method != "HEAD" && Status is not (204 or 304);
        ResponseBody = ResponseHasBody ? Body(maxBody) : [];
        Interims = random.Next(5) == 0 ? 1 + random.Next(2) : 0;
        Request = WriteRequest(hasBody);
        Response = WriteResponse();
    }

    public string Target { get; }

    public string Method { get; }

    public int Status { get; }

    public int Interims { get; }

    public byte[] RequestBody { get; }

    public byte[] ResponseBody { get; }

    public bool ResponseHasBody { get; }

    /// <summary>Whether the server ends its connection with the response.</summary>
    public bool ServerCloses { get; private set; }

    /// <summary>Whether the client must see trailers.</summary>
    public bool HasTrailer { get; private set; }

    public byte[] Request { get; }

    public byte[] Response { get; }

    public void CheckRequest(WireMessage seen)
    {
        seen.Method.ShouldBe(Method);
        seen.Target.ShouldBe(Target);
        seen.IsWhole.ShouldBeTrue();
        seen.Body.AsSpan().SequenceEqual(RequestBody).ShouldBeTrue($"body of the request {Target}");
        seen.Field("x-id").ShouldBe(Target);
        seen.Field("host").ShouldBe("example.com");
    }

    public void CheckResponse(WireMessage? seen)
    {
        seen.ShouldNotBeNull($"response of {Target}");
        seen.Status.ShouldBe(Status);
        seen.IsWhole.ShouldBeTrue($"response of {Target}");
        seen.Field("x-id").ShouldBe(Target);
        seen.Body.AsSpan().SequenceEqual(ResponseBody).ShouldBeTrue($"body of the response {Target}");
        if (HasTrailer)
        {
            // The other field of the trailer frames messages, and is dropped.
            seen.Trailers.ShouldBe([("X-End", Target)]);
        }
    }

    private byte[] Body(int max)
    {
        byte[] body = new byte[_random.Next(4) switch
        {
            0 => 0,
            1 => _random.Next(20),
            2 => _random.Next(Math.Min(max, 2_000) + 1),
            _ => _random.Next(max + 1),
        }];
        _random.NextBytes(body);
        return body;
    }

    private byte[] WriteRequest(bool hasBody)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: example.com\r\nX-Id: {Target}\r\nTE: trailers\r\nConnection: TE\r\n");
        return Join(head, hasBody, RequestBody, mayChunk: true, trailer: null);
    }

    private byte[] WriteResponse()
    {
        var head = new StringBuilder();
        for (int i = 0; i < Interims; i++)
        {
            head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 103 Early Hints\r\nLink: <{Target}-{i}>\r\n\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} Whatever\r\nX-Id: {Target}\r\n");
        int framing = _random.Next(4);
        if (framing == 0 || _random.Next(8) == 0)
        {
            ServerCloses = true;
            head.Append("Connection: close\r\n");
        }

        if (framing == 0 && ResponseHasBody)
        {
            // Its end is the end of the connection.
            head.Append("\r\n");
            return [.. Encoding.Latin1.GetBytes(head.ToString()), .. ResponseBody];
        }

        HasTrailer = framing == 1 && ResponseHasBody;
        return Join(head, ResponseHasBody, ResponseBody, framing == 1, HasTrailer ? "X-End: " + Target + "\r\nContent-Length: 7\r\n" : null);
    }

    private byte[] Join(StringBuilder head, bool hasBody, byte[] body, bool mayChunk, string? trailer)
    {
        if (!hasBody)
        {
            return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
        }

        if (trailer is null && (!mayChunk || _random.Next(2) == 0))
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
            return [.. Encoding.Latin1.GetBytes(head.ToString()), .. body];
        }

        var all = new List<byte>(Encoding.Latin1.GetBytes(head.Append("Transfer-Encoding: chunked\r\n\r\n").ToString()));
        for (int at = 0; at < body.Length;)
        {
            int size = Math.Min(body.Length - at, 1 + _random.Next(_random.Next(3) == 0 ? 10 : 20_000));
            string extension = _random.Next(5) == 0 ? ";a=\"b\"" : "";
            all.AddRange(Encoding.Latin1.GetBytes($"{size:x}{extension}\r\n"));
            all.AddRange(body.AsSpan(at, size));
            all.AddRange("\r\n"u8);
            at += size;
        }

        all.AddRange(Encoding.Latin1.GetBytes("0\r\n" + trailer + "\r\n"));
        return [.. all];
    }
}
