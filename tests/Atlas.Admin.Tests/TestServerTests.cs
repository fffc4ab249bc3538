using System.Net;

namespace Atlas.Admin.Tests;

public sealed class TestServerTests : IAsyncLifetime
{
    private readonly HttpClient _client = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), "A");

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Get_AnyPath_SaysItsNameAndTheRequest()
    {
        HttpResponseMessage response = await _client.GetAsync(Url("/a?b=1"));

        response.Headers.GetValues("X-Server").ShouldBe(["A"]);
        (await response.Content.ReadAsStringAsync()).ShouldBe("server A: GET /a?b=1\n");
    }

    [Fact]
    public async Task Post_Body_IsEchoed() =>
        (await (await _client.PostAsync(Url("/"), new StringContent("echo"))).Content.ReadAsStringAsync()).ShouldBe("echo");

    [Theory]
    [InlineData("status=503", 503, "server A: GET /?status=503\n")]
    [InlineData("status=99", 200, "server A: GET /?status=99\n")]
    [InlineData("bytes=5", 200, "xxxxx")]
    [InlineData("bytes=0&status=404", 404, "")]
    public async Task Get_Query_ChangesTheAnswer(string query, int status, string body)
    {
        HttpResponseMessage response = await _client.GetAsync(Url("/?" + query));

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldBe(body);
    }

    [Fact]
    public async Task Health_Fail_LastsUntilItIsTakenBack()
    {
        (await HealthAsync("")).ShouldBe(200);
        (await HealthAsync("?fail=500")).ShouldBe(500);
        (await HealthAsync("")).ShouldBe(500);
        (await HealthAsync("?fail=1")).ShouldBe(400);
        (await HealthAsync("?fail=0")).ShouldBe(200);
        (await HealthAsync("")).ShouldBe(200);
    }

    private async Task<int> HealthAsync(string query) => (int)(await _client.GetAsync(Url("/health" + query))).StatusCode;

    private string Url(string path) => $"http://{_server.Address}{path}";
}
