using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Tests;

/// <summary>Parsed heads for tests, with the bytes that they lie in.</summary>
internal static class Heads
{
    public static RequestHead Request(string text, out byte[] bytes)
    {
        bytes = Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n\r\n");
        RequestParser parser = default;
        RequestHead head = new();
        parser.Parse(bytes, head, HttpLimits.Default).ShouldBe(ParseStatus.Done, parser.Error.ToString());
        return head;
    }

    public static ResponseHead Response(string text, out byte[] bytes)
    {
        bytes = Encoding.Latin1.GetBytes(text.ReplaceLineEndings("\r\n") + "\r\n\r\n");
        ResponseParser parser = default;
        ResponseHead head = new();
        parser.Parse(bytes, head, Protocols.Http.HttpMethod.Get, HttpLimits.Default)
            .ShouldBe(ParseStatus.Done, parser.Error.ToString());
        return head;
    }
}
