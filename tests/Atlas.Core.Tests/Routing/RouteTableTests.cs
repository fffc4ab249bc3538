using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Routing;
using static Atlas.Core.Tests.Routing.Tables;

namespace Atlas.Core.Tests.Routing;

public sealed class RouteTableTests
{
    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "EXAMPLE.com", true)]
    [InlineData("example.com", "example.com.", true)]
    [InlineData("example.com", "a.example.com", false)]
    [InlineData("example.com", "", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "A.B.Example.com.", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("*.example.com", "aexample.com", false)]
    [InlineData("[::1]", "[::1]", true)]
    [InlineData("10.0.0.1", "10.0.0.1", true)]
    public void Find_Host_MatchesByLabels(string pattern, string host, bool matches) =>
        Matches(new MatchConfig { Hosts = [Host(pattern)] }, new TestRequest(host)).ShouldBe(matches);

    [Theory]
    [InlineData("/api", "/api", true)]
    [InlineData("/api", "/api/", false)]
    [InlineData("/api", "/API", false)]
    [InlineData("/api/*", "/api/", true)]
    [InlineData("/api/*", "/api/x/y", true)]
    [InlineData("/api/*", "/api", false)]
    [InlineData("/api/*", "/apix", false)]
    [InlineData("/*", "/", true)]
    [InlineData("/*", "*", true)]
    [InlineData("/caf%C3%A9/*", "/café/x", true)]
    [InlineData("/a%2fb", "/a%2Fb", true)]
    [InlineData("/%61", "/a", true)]
    [InlineData(@"~\.php$", "/x/index.php", true)]
    [InlineData(@"~\.php$", "/x.php/y", false)]
    [InlineData("~^/café$", "/café", true)]
    [InlineData("~^/users/[0-9]+$", "/users/12", true)]
    [InlineData("~^/users?/", "/user/", true)]
    [InlineData("~^/a|b", "/xb", true)]
    [InlineData("~^/(?i)A", "/a", true)]
    [InlineData("~(?i)^/A", "/a", true)]
    public void Find_Path_MatchesByKind(string pattern, string path, bool matches) =>
        Matches(new MatchConfig { Paths = [Path(pattern)] }, new TestRequest(path: path)).ShouldBe(matches);

    [Theory]
    [InlineData("GET", true)]
    [InlineData("PURGE", true)]
    [InlineData("get", false)]
    [InlineData("GETS", false)]
    public void Find_Method_MatchesExactly(string method, bool matches) =>
        Matches(new MatchConfig { Methods = ["GET", "PURGE"] }, new TestRequest(method: method)).ShouldBe(matches);

    [Theory]
    [InlineData("v", "v", true)]
    [InlineData("v", "V", false)]
    [InlineData("v", "v, w", false)]
    [InlineData("v", null, false)]
    [InlineData("Bearer *", "Bearer x", true)]
    [InlineData("Bearer *", "Bearer", false)]
    [InlineData("*", "", true)]
    [InlineData("*", null, false)]
    [InlineData("!", null, true)]
    [InlineData("!", "", false)]
    [InlineData("~^[a-c]+$", "abc", true)]
    [InlineData("~^[a-c]+$", "abd", false)]
    [InlineData("", "", true)]
    [InlineData("", null, false)]
    [InlineData("ü", "ü", true)]
    public void Find_Header_MatchesItsValue(string pattern, string? value, bool matches)
    {
        var match = new MatchConfig { Headers = [Field("X-Name", pattern)] };
        var request = value is null ? new TestRequest(headers: ("x-other", "v")) : new TestRequest(headers: ("x-nAME", value));

        Matches(match, request).ShouldBe(matches);
    }

    [Fact]
    public void Find_RepeatedHeader_MatchesWithAnyOfItsFields()
    {
        var request = new TestRequest(headers: [("x", "a"), ("X", "b")]);

        Matches(new MatchConfig { Headers = [Field("x", "b")] }, request).ShouldBeTrue();
        Matches(new MatchConfig { Headers = [Field("x", "!")] }, request).ShouldBeFalse();
        Matches(new MatchConfig { Headers = [Field("x", "a"), Field("x", "c")] }, request).ShouldBeFalse();
    }

    [Theory]
    [InlineData("beta=1", true)]
    [InlineData("a=2; beta=1", true)]
    [InlineData("a=2;beta=1;c", true)]
    [InlineData("a=2;\tbeta= 1 ; c", true)]
    [InlineData("beta=0; beta=1", true)]
    [InlineData("Beta=1", false)]
    [InlineData("beta=\"1\"", false)]
    [InlineData("xbeta=1", false)]
    [InlineData("beta", false)]
    [InlineData("beta=1=", false)]
    [InlineData("a=\"; beta=1", true)]
    [InlineData("", false)]
    public void Find_Cookie_IsReadFromTheCookieFields(string cookies, bool matches)
    {
        var match = new MatchConfig { Cookies = [Field("beta", "1")] };

        Matches(match, new TestRequest(headers: ("Cookie", cookies))).ShouldBe(matches);
        Matches(match, new TestRequest(headers: [("cookie", "z=1"), ("x", "beta=1"), ("cookie", cookies)])).ShouldBe(matches);
    }

    [Theory]
    [InlineData("version=2", "2", true)]
    [InlineData("a=1&version=2&b", "2", true)]
    [InlineData("version=1&version=2", "2", true)]
    [InlineData("v%65rsion=%32", "2", true)]
    [InlineData("version=a+b", "a b", true)]
    [InlineData("version=a%20b", "a b", true)]
    [InlineData("version=a%2Bb", "a+b", true)]
    [InlineData("version=a%252Bb", "a%2Bb", true)]
    [InlineData("version=%C3%BC", "ü", true)]
    [InlineData("version=100%", "100%", true)]
    [InlineData("version=2%zz", "2%zz", true)]
    [InlineData("version", "", true)]
    [InlineData("version=", "", true)]
    [InlineData("version=1=2", "1=2", true)]
    [InlineData("Version=2", "2", false)]
    [InlineData("a=version=2", "2", false)]
    [InlineData("a;version=2", "2", false)]
    [InlineData("", "*", false)]
    [InlineData("version", "*", true)]
    [InlineData("version", "!", false)]
    [InlineData("versions=1", "!", true)]
    public void Find_QueryParameter_IsDecodedAsAForm(string query, string pattern, bool matches) =>
        Matches(new MatchConfig { Query = [Field("version", pattern)] }, new TestRequest(query: query)).ShouldBe(matches);

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("11.0.0.0", false)]
    [InlineData("", false)]
    public void Find_Client_MatchesByNetwork(string client, bool matches) =>
        Matches(new MatchConfig { Clients = [Network("10.0.0.0/8"), Network("2001:db8::/32")] }, new TestRequest(client: client)).ShouldBe(matches);

    [Fact]
    public void Find_SeveralRoutes_GivesTheFirst()
    {
        RouteTable table = Of(
            new MatchConfig { Hosts = [Host("a.test")], Paths = [Path("/api/*")] },
            new MatchConfig { Paths = [Path("/api/*"), Path("/api")] },
            new MatchConfig { Hosts = [Host("a.test")] });

        table.Find(new TestRequest("a.test", "/api/x")).ShouldBe(0);
        table.Find(new TestRequest("b.test", "/api/x")).ShouldBe(1);
        table.Find(new TestRequest("a.test", "/api")).ShouldBe(1);
        table.Find(new TestRequest("a.test", "/other")).ShouldBe(2);
        table.Find(new TestRequest("b.test", "/other")).ShouldBe(-1);
        Of().Find(new TestRequest()).ShouldBe(-1);
    }

    [Fact]
    public void Find_ValueAfterTheLimitOfRepeats_IsNotDecided()
    {
        var header = new MatchConfig { Headers = [Field("x", "last")] };
        var cookie = new MatchConfig { Cookies = [Field("x", "last")] };
        var query = new MatchConfig { Query = [Field("x", "last")] };

        for (int more = 0; more <= 1; more++)
        {
            int before = FieldCursor.MaxRepeats - 1 + more;
            var headers = Enumerable.Repeat(("x", "first"), before).Append(("x", "last")).ToArray();
            string values = string.Concat(Enumerable.Repeat("x=first;", before)) + "x=last";

            Of(header).Find(new TestRequest(headers: headers)).ShouldBe(more == 0 ? 0 : RouteTable.Undecided);
            Of(cookie).Find(new TestRequest(headers: ("cookie", values))).ShouldBe(more == 0 ? 0 : RouteTable.Undecided);
            Of(query).Find(new TestRequest(query: values.Replace(';', '&'))).ShouldBe(more == 0 ? 0 : RouteTable.Undecided);
        }
    }

    [Fact]
    public void Find_CookieOrParameterAfterTheLimitOfParts_IsNotDecided()
    {
        for (int more = 0; more <= 1; more++)
        {
            string values = string.Concat(Enumerable.Repeat("a=1;", FieldCursor.MaxParts - 1 + more)) + "x=1";

            Of(new MatchConfig { Cookies = [Field("x", "1")] }).Find(new TestRequest(headers: ("cookie", values))).ShouldBe(more == 0 ? 0 : RouteTable.Undecided);
            Of(new MatchConfig { Query = [Field("x", "1")] }).Find(new TestRequest(query: values.Replace(';', '&'))).ShouldBe(more == 0 ? 0 : RouteTable.Undecided);
        }
    }

    /// <summary>A client that hides a name behind more than is looked at is not one that does without it.</summary>
    [Theory]
    [InlineData(FieldCursor.MaxParts - 1, "", 0)]
    [InlineData(FieldCursor.MaxParts, "", 0)]
    [InlineData(FieldCursor.MaxParts + 1, "", RouteTable.Undecided)]
    [InlineData(FieldCursor.MaxParts - 1, "x=1", -1)]
    [InlineData(FieldCursor.MaxParts, "x=1", RouteTable.Undecided)]
    [InlineData(FieldCursor.MaxParts + 1, "x=1", RouteTable.Undecided)]
    public void Find_AbsentAmongMoreThanTheLimitOfParts_IsNotDecided(int before, string last, int route)
    {
        string values = string.Concat(Enumerable.Repeat("a=1;", before)) + last;
        var lines = Enumerable.Repeat(("cookie", "a=1"), before).Concat(last.Length > 0 ? [("cookie", last)] : []).ToArray();

        Of(new MatchConfig { Cookies = [Field("x", "!")] }).Find(new TestRequest(headers: ("cookie", values))).ShouldBe(route);
        Of(new MatchConfig { Cookies = [Field("x", "!")] }).Find(new TestRequest(headers: lines)).ShouldBe(route);
        Of(new MatchConfig { Query = [Field("x", "!")] }).Find(new TestRequest(query: values.Replace(';', '&'))).ShouldBe(route);
    }

    /// <summary>A condition that refuses cannot be passed by padding, and padding is refused nowhere else.</summary>
    [Theory]
    [InlineData(FieldCursor.MaxParts, "a.test", "/admin", 2)]
    [InlineData(FieldCursor.MaxParts + 1, "a.test", "/admin", RouteTable.Undecided)]
    [InlineData(FieldCursor.MaxParts + 1, "a.test", "/open", 0)]
    [InlineData(FieldCursor.MaxParts + 1, "b.test", "/admin", 2)]
    public void Find_MoreThanTheLimitOfParts_IsUndecidedWhereAConditionBeforeTheRouteDependsOnThem(int parts, string host, string path, int route)
    {
        string values = string.Join('&', Enumerable.Repeat("a=1", parts));
        foreach (MatchConfig deny in (MatchConfig[])[new MatchConfig { Query = [Field("x", "1")] }, new MatchConfig { Query = [Field("x", "~ [0-9]")] }])
        {
            RouteTable table = Of(
                new MatchConfig { Paths = [Path("/open")] },
                deny with { Hosts = [Host("a.test")] },
                new MatchConfig(),
                deny);

            table.Find(new TestRequest(host, path, query: values)).ShouldBe(route);
        }
    }

    [Fact]
    public void Find_AbsentHeaderBehindManyOthers_DoesNotMatch()
    {
        var headers = Enumerable.Repeat(("a", "1"), 1000).Append(("x", "1")).ToArray();

        Matches(new MatchConfig { Headers = [Field("x", "!")] }, new TestRequest(headers: headers)).ShouldBeFalse();
        Matches(new MatchConfig { Headers = [Field("x", "!")] }, new TestRequest(headers: headers[..^1])).ShouldBeTrue();
    }

    [Fact]
    public void Find_TextTooLongForAnExpression_DoesNotMatch()
    {
        var match = new MatchConfig { Headers = [Field("x", "~a$")] };

        Matches(match, new TestRequest(headers: ("x", new string('a', RouteScratch.MaxRegexBytes)))).ShouldBeTrue();
        Matches(match, new TestRequest(headers: ("x", new string('a', RouteScratch.MaxRegexBytes + 1)))).ShouldBeFalse();
    }

    [Fact]
    public void Compile_ExpressionThatCouldTakeLong_IsRefused()
    {
        Should.Throw<NotSupportedException>(() => Of(new MatchConfig { Paths = [Path(@"~(a)\1")] }));
        Should.Throw<ArgumentException>(() => Of(new MatchConfig { Paths = [Path("~(")] }));
    }

    [Fact]
    public void Explain_EachCondition_NamesTheFirstThatFails()
    {
        var all = new MatchConfig
        {
            Hosts = [Host("a.test")],
            Paths = [Path("/api/*")],
            Methods = ["GET"],
            Clients = [Network("10.0.0.0/8")],
            Headers = [Field("X-A", "1")],
            Cookies = [Field("b", "1")],
            Query = [Field("c", "1")],
        };
        RouteTable table = Of(
            all with { Hosts = [Host("b.test")] },
            all with { Paths = [Path("/x")] },
            all with { Methods = ["PUT"] },
            all with { Clients = [Network("11.0.0.0/8")] },
            all with { Headers = [Field("X-A", "1"), Field("X-B", "1")] },
            all with { Cookies = [Field("b", "2")] },
            all with { Query = [Field("c", "!")] },
            all,
            new MatchConfig());
        var request = new TestRequest("a.test", "/api/", "c=1", "GET", "10.0.0.1", ("x-a", "1"), ("cookie", "b=1"));

        RouteVerdict[] verdicts = table.Explain(ref request, request.Path);

        verdicts.ShouldBe([
            new(RouteCondition.Host, ""),
            new(RouteCondition.Path, ""),
            new(RouteCondition.Method, ""),
            new(RouteCondition.Client, ""),
            new(RouteCondition.Header, "X-B"),
            new(RouteCondition.Cookie, "b"),
            new(RouteCondition.Query, "c"),
            new(RouteCondition.None, ""),
            new(RouteCondition.None, ""),
        ]);
        verdicts[7].IsMatch.ShouldBeTrue();
        verdicts[6].IsMatch.ShouldBeFalse();
        table.Find(request).ShouldBe(7);
    }

    [Theory]
    [InlineData("/api/v1/x", "/api/v1/")]
    [InlineData("/api/x", "/api/")]
    [InlineData("/api", "")]
    public void MatchedPrefix_SeveralPrefixes_IsTheLongest(string path, string prefix)
    {
        RouteTable table = Of(new MatchConfig { Paths = [Path("/api/*"), Path("/api/v1/*"), Path("/api"), Path("/api/v1/x")] });

        Encoding.UTF8.GetString(table.MatchedPrefix(0, Encoding.UTF8.GetBytes(path))).ShouldBe(prefix);
    }

    private static bool Matches(MatchConfig match, TestRequest request) => Of(match).Find(request) == 0;
}
