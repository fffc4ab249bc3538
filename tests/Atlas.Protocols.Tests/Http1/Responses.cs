using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>The same as <see cref="Requests"/> for responses, whose buffer the parser may repair.</summary>
internal static class Responses
{
    /// <summary>Parses what must be accepted; gives the head and the buffer after the repair of folds.</summary>
    public static (ResponseHead Head, byte[] Buffer) Accept(
        string text, HttpMethod method = HttpMethod.Get, HttpLimits? limits = null)
    {
        Result result = Parse(text, method, limits);
        result.Error.ShouldBe(HttpError.None);
        result.Status.ShouldBe(ParseStatus.Done);
        return (result.Head, result.Buffer);
    }

    /// <summary>Parses what must be refused.</summary>
    public static HttpError Refuse(string text, HttpMethod method = HttpMethod.Get, HttpLimits? limits = null)
    {
        Result result = Parse(text, method, limits);
        result.Status.ShouldBe(ParseStatus.Error, text);
        return result.Error;
    }

    public static Result Parse(string text, HttpMethod method = HttpMethod.Get, HttpLimits? limits = null)
    {
        byte[] bytes = Bytes.Of(text);
        Result whole = Feed(bytes, [bytes.Length], method, limits);
        string expected = Describe(whole);
        foreach (int[] split in Bytes.Splits(bytes.Length))
        {
            Describe(Feed(bytes, split, method, limits)).ShouldBe(expected, $"fed up to {string.Join(' ', split)}");
        }

        return whole;
    }

    private static Result Feed(byte[] bytes, int[] ends, HttpMethod method, HttpLimits? limits)
    {
        ResponseParser parser = default;
        ResponseHead head = new();
        ParseStatus status = ParseStatus.NeedMore;
        byte[] buffer = [];
        foreach (int end in ends)
        {
            buffer = [.. buffer, .. bytes.AsSpan(buffer.Length, end - buffer.Length)];
            status = parser.Parse(buffer, head, method, limits ?? HttpLimits.Default);
            if (status != ParseStatus.NeedMore)
            {
                break;
            }
        }

        return new Result(status, parser.Error, head, buffer);
    }

    private static string Describe(Result result)
    {
        if (result.Status != ParseStatus.Done)
        {
            return $"{result.Status} {result.Error}";
        }

        ResponseHead head = result.Head;
        StringBuilder text = new();
        text.Append($"{head.Status} {head.Reason} {head.Version} {head.Framing} {head.ContentLength} {head.KeepAlive} ");
        text.Append($"{head.HasConnectionTokens} {head.IsInterim} {head.Length}\n");
        foreach (HeaderField field in head.Headers.Fields)
        {
            text.Append($"{field.Name} {Bytes.Text(field.Value.Of(result.Buffer))} {field.Known} {field.Flags}\n");
        }

        return text.ToString();
    }

    public sealed record Result(ParseStatus Status, HttpError Error, ResponseHead Head, byte[] Buffer);
}
