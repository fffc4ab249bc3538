using System.Text;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>
/// Parses a request whole, cut in two at every byte, and byte by byte, and demands the same result from all. Every piece is
/// fed in an array of exactly its length, so that a read past the end throws and nothing depends on the address.
/// </summary>
internal static class Requests
{
    /// <summary>Parses what must be accepted.</summary>
    public static RequestHead Accept(string text, HttpLimits? limits = null, RequestRepairs repairs = RequestRepairs.None)
    {
        (ParseStatus status, HttpError error, RequestHead head) = Parse(text, limits, repairs);
        error.ShouldBe(HttpError.None);
        status.ShouldBe(ParseStatus.Done);
        return head;
    }

    /// <summary>Parses what must be refused.</summary>
    public static HttpError Refuse(string text, HttpLimits? limits = null, RequestRepairs repairs = RequestRepairs.None)
    {
        (ParseStatus status, HttpError error, _) = Parse(text, limits, repairs);
        status.ShouldBe(ParseStatus.Error, text);
        return error;
    }

    public static (ParseStatus Status, HttpError Error, RequestHead Head) Parse(
        string text, HttpLimits? limits = null, RequestRepairs repairs = RequestRepairs.None)
    {
        byte[] bytes = Bytes.Of(text);
        (ParseStatus Status, HttpError Error, RequestHead Head) whole = Feed(bytes, [bytes.Length], limits, repairs);
        string expected = Describe(bytes, whole);
        foreach (int[] split in Bytes.Splits(bytes.Length))
        {
            Describe(bytes, Feed(bytes, split, limits, repairs)).ShouldBe(expected, $"fed up to {string.Join(' ', split)}");
        }

        return whole;
    }

    /// <summary>Everything that a caller can see of a complete head.</summary>
    public static string Describe(byte[] bytes, (ParseStatus Status, HttpError Error, RequestHead Head) result)
    {
        if (result.Status != ParseStatus.Done)
        {
            return $"{result.Status} {result.Error}";
        }

        RequestHead head = result.Head;
        StringBuilder text = new();
        text.Append($"{head.Method} {Bytes.Text(head.MethodName.Of(bytes))} {head.Target} {head.Form} {head.Path} {head.Query} ");
        text.Append($"{head.HasQuery} {head.Authority} {head.Host} {head.Port} {head.IsHttpsTarget} {head.Version} ");
        text.Append($"{head.Framing} {head.ContentLength} {head.KeepAlive} {head.ExpectContinue} {head.HasConnectionTokens} ");
        text.Append($"{head.UpgradeRequested} {head.UpgradeProtocol} {head.TeTrailers} {head.Repair} {head.Length}\n");
        foreach (HeaderField field in head.Headers.Fields)
        {
            text.Append($"{field.Name} {field.Value} {field.Known} {field.Flags}\n");
        }

        return text.ToString();
    }

    private static (ParseStatus Status, HttpError Error, RequestHead Head) Feed(
        byte[] bytes, int[] ends, HttpLimits? limits, RequestRepairs repairs)
    {
        RequestParser parser = default;
        RequestHead head = new();
        ParseStatus status = ParseStatus.NeedMore;
        foreach (int end in ends)
        {
            status = parser.Parse(bytes.AsSpan(0, end).ToArray(), head, limits ?? HttpLimits.Default, repairs);
            if (status != ParseStatus.NeedMore)
            {
                (status == ParseStatus.Error).ShouldBe(parser.Error != HttpError.None);
                break;
            }
        }

        return (status, parser.Error, head);
    }
}
