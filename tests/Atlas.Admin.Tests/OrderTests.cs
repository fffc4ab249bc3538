using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Atlas.Admin.Orders;
using Atlas.Control.Pools;
using Atlas.Core.Health;

namespace Atlas.Admin.Tests;

public sealed class OrderTests : IAsyncLifetime
{
    private const string Path = "/api/v1/pools/web/servers/a";

    private readonly StubSource _source = new();
    private readonly HttpClient _client = new();
    private AdminServer? _server;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("""{"state":"ready"}""", AdminState.Ready, null, null)]
    [InlineData("""{"state":"drain"}""", AdminState.Drain, null, null)]
    [InlineData("""{"state":"maintenance","weight":0}""", AdminState.Maintenance, 0, null)]
    [InlineData("""{"weight":65535}""", null, 65_535, null)]
    [InlineData(""" {"deadline":"10m","state":"drain"} """, AdminState.Drain, null, 600_000)]
    [InlineData("""{"state":"drain","deadline":"24h"}""", AdminState.Drain, null, ServerOrder.MaxDeadlineMs)]
    public async Task Patch_RightBody_IsOrderedAndAnswersTheServer(string body, AdminState? state, int? weight, int? deadlineMs)
    {
        await StartAsync();

        (HttpStatusCode status, string answer) = await PatchAsync(body);

        status.ShouldBe(HttpStatusCode.OK);
        answer.ShouldBe("""{"name":"a","address":"127.0.0.1:9001","admin_state":"drain"}""");
        var order = new ServerOrder { State = state, Weight = weight, DeadlineMs = deadlineMs };
        _source.Ordered.ShouldBe(("web", "a", order));
    }

    [Theory]
    [InlineData("", "the body is empty; needed is an object, such as ")]
    [InlineData(" \r\n", "the body is empty; needed is an object, such as ")]
    [InlineData("{", "the body is no JSON: line 1, byte 2: it ends too early; needed is an object, such as ")]
    [InlineData("""{"state":"drain"} {}""", "the body is no JSON: line 1, byte 19: '{' may not stand here; needed is an object, such as ")]
    [InlineData("{\n  \"weight\": 1,\n}", "the body is no JSON: line 3, byte 1: '}' may not stand here; needed is an object, such as ")]
    [InlineData("{`weight`: 1}", "the body is no JSON: line 1, byte 2: '`' may not stand here; needed is an object, such as ")]
    [InlineData("state=drain", "the body is no JSON: line 1, byte 1: 's' may not stand here; needed is an object, such as ")]
    [InlineData("{\"a\u0001\": 1}", "the body is no JSON: line 1, byte 4: byte 0x01 may not stand here; needed is an object, such as ")]
    [InlineData("[[[[[[]]]]]]", "the body is no JSON: line 1, byte ")]
    [InlineData("""{"state":"\ud800"}""", @"a text of the body is no Unicode: a \\u escape stands for half a character")]
    [InlineData("3", """the body must be an object, such as {\"state\":\"drain\"} or {\"weight\":2}""")]
    [InlineData("{}", "nothing is asked for; the keys are state, weight and deadline")]
    [InlineData("""{"state":"Drain"}""", @"'state' must be ready, drain or maintenance, not \""Drain\""")]
    [InlineData("""{"state":null}""", "'state' must be ready, drain or maintenance, not null")]
    [InlineData("""{"weight":65536}""", "'weight' must be a whole number from 0 to 65535, not 65536")]
    [InlineData("""{"weight":-1}""", "'weight' must be a whole number from 0 to 65535, not -1")]
    [InlineData("""{"weight":1.5}""", "'weight' must be a whole number from 0 to 65535, not 1.5")]
    [InlineData("""{"weight":"1"}""", @"'weight' must be a whole number from 0 to 65535, not \""1\""")]
    [InlineData("""{"state":"drain","deadline":"0s"}""", @"'deadline' must be a duration from 1ms to 24h, such as \""10m\"", not \""0s\""")]
    [InlineData("""{"state":"drain","deadline":"25h"}""", @"'deadline' must be a duration from 1ms to 24h, such as \""10m\"", not \""25h\""")]
    [InlineData("""{"state":"ready","deadline":"1s"}""", """'deadline' goes with \"state\":\"drain\" only""")]
    [InlineData("""{"deadline":"1s"}""", """'deadline' goes with \"state\":\"drain\" only""")]
    [InlineData("""{"weigth":1}""", "unknown key 'weigth'; the keys are state, weight and deadline")]
    [InlineData("""{"weight":1,"weight":2}""", "'weight' is there twice")]
    public async Task Patch_WrongBody_Is400AndSaysWhatIsAllowed(string body, string error)
    {
        await StartAsync();

        (HttpStatusCode status, string answer) = await PatchAsync(body);

        status.ShouldBe(HttpStatusCode.BadRequest);
        answer.ShouldStartWith($"{{\"error\":\"{error}");
        _source.Ordered.ShouldBeNull();
    }

    [Fact]
    public async Task Patch_BodyOfTheBoundAndOneMore_IsTakenAndRefused()
    {
        await StartAsync();
        string body = """{"weight":1}""";
        string full = body + new string(' ', OrderEndpoint.MaxBodyBytes - body.Length);

        (await PatchAsync(full)).Status.ShouldBe(HttpStatusCode.OK);
        (HttpStatusCode status, string answer) = await PatchAsync(full + " ");

        status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        answer.ShouldBe("""{"error":"the body may have 4096 bytes"}""");
    }

    [Fact]
    public async Task Patch_WrongNames_Are404WithTheRightOnes()
    {
        await StartAsync();
        _source.Answer = () => OrderAnswer.NoServer("web", "x", ["a", "b"]);
        (HttpStatusCode status, string answer) = await PatchAsync("""{"weight":1}""");
        (status, answer).ShouldBe((HttpStatusCode.NotFound, """{"error":"pool web has no server 'x'","known":["a","b"]}"""));

        _source.Answer = () => OrderAnswer.NoPool("x", ["web"]);
        (status, answer) = await PatchAsync("""{"weight":1}""");
        (status, answer).ShouldBe((HttpStatusCode.NotFound, """{"error":"there is no pool 'x'","known":["web"]}"""));
    }

    [Theory]
    [InlineData("/api/v1/pools/web/servers/127.0.0.1:9001", "127.0.0.1:9001")]
    [InlineData("/api/v1/pools/web/servers/unix:/run/a.sock", "unix:/run/a.sock")]
    [InlineData("/api/v1/pools/web/servers/unix:%2Frun%2fa.sock", "unix:/run/a.sock")]
    [InlineData("/api/v1/pools/web/servers/%5B::1%5D:80", "[::1]:80")]
    public async Task Patch_NamesWithMarks_AreUnderstood(string path, string server)
    {
        await StartAsync();

        (await PatchAsync("""{"weight":1}""", path)).Status.ShouldBe(HttpStatusCode.OK);

        _source.Ordered!.Value.Server.ShouldBe(server);
    }

    [Theory]
    [InlineData("evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("127.0.0.1.evil.example:80", null, HttpStatusCode.Forbidden)]
    [InlineData("localhost:9900", null, HttpStatusCode.OK)]
    [InlineData("[::1]:9900", null, HttpStatusCode.OK)]
    [InlineData("lb-1.example", "s3cret", HttpStatusCode.OK)]
    public async Task Patch_OfAForeignHost_NeedsAToken(string host, string? token, HttpStatusCode expected)
    {
        await StartAsync(token);

        (await PatchAsync("""{"weight":1}""", host: host, token: token)).Status.ShouldBe(expected);
    }

    [Fact]
    public async Task Patch_WithoutTheToken_Is401()
    {
        await StartAsync("s3cret");

        (await PatchAsync("""{"weight":1}""")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        _source.Ordered.ShouldBeNull();
    }

    [Fact]
    public async Task Get_OfAServer_Is405WithWhatIsAllowed()
    {
        await StartAsync();

        using HttpResponseMessage response = await _client.GetAsync(_server!.Urls[0] + Path);

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["PATCH"]);
    }

    private async Task StartAsync(string? token = null) => _server = await AdminServer.StartAsync(
        new AdminOptions { Socket = AdminSockets.OnLoopback(), Token = token }, _source);

    private async Task<(HttpStatusCode Status, string Body)> PatchAsync(
        string body, string path = Path, string? host = null, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, _server!.Urls[0] + path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Host = host;
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage response = await _client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
