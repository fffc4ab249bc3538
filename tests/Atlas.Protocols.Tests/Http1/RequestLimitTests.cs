using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Protocols.Tests.Http1;

/// <summary>Every limit at its edge and one past it, with and without the end of the line that exceeds it.</summary>
public sealed class RequestLimitTests
{
    private static readonly HttpLimits Small = new(RequestLineBytes: 40, HeaderBytes: 60, HeaderCount: 3);

    [Fact]
    public void Parse_RequestLine_IsBounded()
    {
        string atTheEdge = Line(40);

        Requests.Accept($"{atTheEdge}Host: a\r\n\r\n", Small);
        Requests.Refuse($"{Line(41)}Host: a\r\n\r\n", Small).ShouldBe(HttpError.StartLineTooLong);
        Requests.Refuse("GET /" + new string('a', 35), Small).ShouldBe(HttpError.StartLineTooLong);
        Requests.Parse("GET /" + new string('a', 34), Small).Status.ShouldBe(ParseStatus.NeedMore);
        HttpError.StartLineTooLong.StatusCode().ShouldBe(414);
    }

    [Fact]
    public void Parse_EmptyLinesBefore_DoNotCountIntoTheRequestLine() =>
        Requests.Accept($"\r\n\r\n{Line(40)}Host: a\r\n\r\n", Small).Length.ShouldBe(40 + 4 + 11);

    [Fact]
    public void Parse_EmptyLinesBefore_AreBounded()
    {
        string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        string four = string.Concat(Enumerable.Repeat("\r\n", 4));

        RequestHead accepted = Requests.Accept(four + head);
        accepted.Length.ShouldBe(8 + head.Length);
        accepted.MethodName.Offset.ShouldBe(8);
        Requests.Refuse(four + "\r\n" + head).ShouldBe(HttpError.TooManyEmptyLines);
        Requests.Refuse("\n" + head).ShouldBe(HttpError.BareLfInStartLine);
        Requests.Refuse("\r\n\n" + head).ShouldBe(HttpError.BareLfInStartLine);
        Requests.Refuse("\r" + head).ShouldBe(HttpError.BareCrInStartLine);
    }

    [Fact]
    public void Parse_Fields_AreBoundedInBytes()
    {
        const string start = "GET / HTTP/1.1\r\n";

        Requests.Accept(start + Fields(60) + "a body", Small);
        Requests.Refuse(start + Fields(61), Small).ShouldBe(HttpError.HeaderTooLarge);
        Requests.Refuse(start + "Host: " + new string('a', 54), Small).ShouldBe(HttpError.HeaderTooLarge);
        Requests.Refuse(start + new string('a', 60), Small).ShouldBe(HttpError.HeaderTooLarge);
        Requests.Parse(start + new string('a', 59), Small).Status.ShouldBe(ParseStatus.NeedMore);
        HttpError.HeaderTooLarge.StatusCode().ShouldBe(431);
    }

    [Fact]
    public void Parse_FieldErrorPastTheLimit_IsStillTheLimit() =>
        Requests.Refuse("GET / HTTP/1.1\r\nHost: " + new string('a', 60) + "\0\r\n\r\n", Small)
            .ShouldBe(HttpError.HeaderTooLarge);

    [Fact]
    public void Parse_Fields_AreBoundedInNumber()
    {
        const string start = "GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n";

        Requests.Accept(start + "\r\n", Small).Headers.Count.ShouldBe(3);
        Requests.Refuse(start + "C: 3\r\n\r\n", Small).ShouldBe(HttpError.TooManyFields);
        Requests.Refuse(start + "C", Small).ShouldBe(HttpError.TooManyFields);
        HttpError.TooManyFields.StatusCode().ShouldBe(431);
    }

    [Fact]
    public void Parse_DefaultLimits_Are128FieldsAndTheSizesOfTheDocumentation()
    {
        HttpLimits.Default.ShouldBe(new HttpLimits(16384, 65536, 128));
        string fields = "Host: a\r\n" + string.Concat(Enumerable.Range(0, 127).Select(i => $"X-{i}: y\r\n"));
        RequestHead head = new();
        RequestParser parser = default;

        parser.Parse(Bytes.Of($"GET / HTTP/1.1\r\n{fields}\r\n"), head, HttpLimits.Default).ShouldBe(ParseStatus.Done);
        head.Headers.Count.ShouldBe(128);
        parser.Reset();
        parser.Parse(Bytes.Of($"GET / HTTP/1.1\r\n{fields}Z: z\r\n\r\n"), head, HttpLimits.Default).ShouldBe(ParseStatus.Error);
        parser.Error.ShouldBe(HttpError.TooManyFields);
    }

    [Fact]
    public void Parse_Method_IsBounded()
    {
        Requests.Accept(new string('M', 32) + " / HTTP/1.1\r\nHost: a\r\n\r\n").Method.ShouldBe(HttpMethod.Other);
        Requests.Refuse(new string('M', 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n").ShouldBe(HttpError.MethodTooLong);
        Requests.Refuse(new string('M', 33)).ShouldBe(HttpError.MethodTooLong);
        Requests.Refuse(new string('M', 33) + "\0").ShouldBe(HttpError.MethodTooLong);
    }

    [Fact]
    public void Parse_ConnectionOptions_AreBounded()
    {
        string options = string.Join(',', Enumerable.Repeat("x", ConnectionOptions.Max));

        Requests.Accept($"GET / HTTP/1.1\r\nHost: a\r\nConnection: {options}\r\n\r\n").HasConnectionTokens.ShouldBeTrue();
        Requests.Refuse($"GET / HTTP/1.1\r\nHost: a\r\nConnection: {options},x\r\n\r\n")
            .ShouldBe(HttpError.TooManyConnectionOptions);
        Requests.Refuse($"GET / HTTP/1.1\r\nHost: a\r\nConnection: {options}\r\nConnection: close\r\n\r\n")
            .ShouldBe(HttpError.TooManyConnectionOptions);
    }

    private static string Line(int bytes) => "GET /" + new string('a', bytes - 16) + " HTTP/1.1\r\n";

    private static string Fields(int bytes) => "Host: a\r\nX: " + new string('x', bytes - 16) + "\r\n\r\n";
}
