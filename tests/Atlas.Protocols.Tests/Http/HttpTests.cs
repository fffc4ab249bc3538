using System.Globalization;
using Atlas.Protocols.Http;
using CsCheck;

namespace Atlas.Protocols.Tests.Http;

public sealed class HttpTests
{
    [Theory]
    [InlineData(0, "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(784111777, "Sun, 06 Nov 1994 08:49:37 GMT")]
    [InlineData(951782400, "Tue, 29 Feb 2000 00:00:00 GMT")]
    [InlineData(951868799, "Tue, 29 Feb 2000 23:59:59 GMT")]
    [InlineData(4107542399, "Sun, 28 Feb 2100 23:59:59 GMT")]
    [InlineData(4107542400, "Mon, 01 Mar 2100 00:00:00 GMT")]
    [InlineData(-1, "Thu, 01 Jan 1970 00:00:00 GMT")]
    [InlineData(HttpDate.MaxUnixSeconds, "Fri, 31 Dec 9999 23:59:59 GMT")]
    [InlineData(HttpDate.MaxUnixSeconds + 1, "Fri, 31 Dec 9999 23:59:59 GMT")]
    public void HttpDate_Moment_IsWrittenAsImfFixdate(long seconds, string expected)
    {
        byte[] date = new byte[HttpDate.Length];

        HttpDate.Write(seconds, date);

        Bytes.Text(date).ShouldBe(expected);
    }

    [Fact]
    public void HttpDate_AnyMoment_IsThatOfTheFramework() =>
        Gen.Long[0, HttpDate.MaxUnixSeconds].Sample(seconds =>
        {
            byte[] date = new byte[HttpDate.Length];
            HttpDate.Write(seconds, date);
            Bytes.Text(date).ShouldBe(DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("r", CultureInfo.InvariantCulture));
        });

    [Fact]
    public void HttpDate_ShortDestination_Throws() =>
        Should.Throw<ArgumentOutOfRangeException>(() => HttpDate.Write(0, new byte[28]));

    [Theory]
    [InlineData("", "")]
    [InlineData(",", "")]
    [InlineData(" \t,, ", "")]
    [InlineData("a", "a")]
    [InlineData(" a , b\t,,c", "a|b|c")]
    [InlineData("a;b=\"c, d\", e", "a;b=\"c, d\"|e")]
    [InlineData("\"a\\\",b\",c", "\"a\\\",b\"|c")]
    [InlineData("\"a,b", "\"a,b")]
    [InlineData("\"a\\", "\"a\\")]
    [InlineData("a b, c", "a b|c")]
    public void TokenList_Value_GivesItsMembers(string value, string members)
    {
        List<string> actual = [];
        foreach (ReadOnlySpan<byte> member in new TokenList(Bytes.Of(value)))
        {
            actual.Add(Bytes.Text(member));
        }

        string.Join('|', actual).ShouldBe(members);
    }

    [Fact]
    public void TokenList_Offset_IsThatOfTheMember()
    {
        TokenList list = new("a,  bc"u8);

        list.MoveNext().ShouldBeTrue();
        list.Offset.ShouldBe(0);
        list.MoveNext().ShouldBeTrue();
        list.Offset.ShouldBe(4);
        list.MoveNext().ShouldBeFalse();
    }

    [Theory]
    [InlineData(HttpMethod.Get, true, true)]
    [InlineData(HttpMethod.Head, true, true)]
    [InlineData(HttpMethod.Options, true, true)]
    [InlineData(HttpMethod.Trace, true, true)]
    [InlineData(HttpMethod.Put, true, false)]
    [InlineData(HttpMethod.Delete, true, false)]
    [InlineData(HttpMethod.Post, false, false)]
    [InlineData(HttpMethod.Patch, false, false)]
    [InlineData(HttpMethod.Connect, false, false)]
    [InlineData(HttpMethod.Other, false, false)]
    public void HttpMethod_IdempotentAndSafe_AreThoseOfTheRfc(HttpMethod method, bool idempotent, bool safe)
    {
        method.IsIdempotent().ShouldBe(idempotent);
        method.IsSafe().ShouldBe(safe);
    }

    [Fact]
    public void HttpMethod_Name_IsRecognized()
    {
        foreach (HttpMethod method in Enum.GetValues<HttpMethod>())
        {
            HttpMethods.Recognize(method.Name()).ShouldBe(method);
            Bytes.Text(method.Name()).ShouldBe(method == HttpMethod.Other ? "" : method.ToString().ToUpperInvariant());
        }

        HttpMethods.Recognize("GETX"u8).ShouldBe(HttpMethod.Other);
        HttpMethods.Recognize("get"u8).ShouldBe(HttpMethod.Other);
    }

    [Fact]
    public void HttpError_EachCause_HasATextOfItsOwnAndAStatus()
    {
        HttpError[] errors = Enum.GetValues<HttpError>();

        errors.Select(x => x.Text()).Distinct(StringComparer.Ordinal).Count().ShouldBe(errors.Length);
        errors.ShouldAllBe(x => x.Text() != "unknown error");
        errors.Where(x => x != HttpError.None).ShouldAllBe(x => x.StatusCode() >= 400 && x.StatusCode() <= 505);
    }

    [Theory]
    [InlineData("a", "A", 80, true)]
    [InlineData("a", "a:80", 80, true)]
    [InlineData("a:443", "a", 443, true)]
    [InlineData("a:", "a", 80, true)]
    [InlineData("a:080", "a:80", 443, true)]
    [InlineData("a", "a:81", 80, false)]
    [InlineData("a", "b", 80, false)]
    [InlineData("a", "aa", 80, false)]
    [InlineData("[::A]", "[::a]:80", 80, true)]
    public void AuthoritySyntax_AreSame_IgnoresCaseAndTheDefaultPort(string left, string right, int port, bool same)
    {
        AuthoritySyntax.AreSame(Bytes.Of(left), Bytes.Of(right), port).ShouldBe(same);
        AuthoritySyntax.AreSame(Bytes.Of(right), Bytes.Of(left), port).ShouldBe(same);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("a b\tc", true)]
    [InlineData("\x80\xFF", true)]
    [InlineData(" a", false)]
    [InlineData("a\t", false)]
    [InlineData("a\rb", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\0b", false)]
    [InlineData("\x7F", false)]
    public void FieldSyntax_IsFieldValue_RefusesControlsAndSurroundingWhitespace(string value, bool valid) =>
        FieldSyntax.IsFieldValue(Bytes.Of(value)).ShouldBe(valid);

    [Fact]
    public void FieldSyntax_IsToken_KnowsTheAlphabet()
    {
        for (int value = 0; value < 256; value++)
        {
            bool token = char.IsAsciiLetterOrDigit((char)value)
                || "!#$%&'*+-.^_`|~".Contains((char)value, StringComparison.Ordinal);
            FieldSyntax.IsToken([(byte)value]).ShouldBe(token, $"byte {value}");
        }

        FieldSyntax.IsToken(default).ShouldBeFalse();
    }

    [Fact]
    public void Slice_Equality_ComparesBothParts()
    {
        (new Slice(1, 2) == new Slice(1, 2)).ShouldBeTrue();
        (new Slice(1, 2) != new Slice(1, 3)).ShouldBeTrue();
        new Slice(1, 2).Equals((object)new Slice(2, 2)).ShouldBeFalse();
        new Slice(1, 2).GetHashCode().ShouldBe(new Slice(1, 2).GetHashCode());
        new Slice(1, 2).End.ShouldBe(3);
        Should.Throw<ArgumentOutOfRangeException>(() => new Slice(1, 2).Of(new byte[2]).Length);
    }
}
