using System.Net;
using System.Net.Http.Headers;
using Atlas.Admin.Reports;
using Atlas.Admin.Tests.Metrics;
using Atlas.Core.Health;
using Atlas.Core.Telemetry;

namespace Atlas.Admin.Tests;

public sealed class AdminServerTests : IAsyncLifetime
{
    private readonly StubSource _source = new();
    private readonly List<string> _notices = [];
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

    [Fact]
    public async Task Healthz_Always_Says200()
    {
        await StartAsync();
        _source.ReadinessNow = new ReadinessReport(["draining"]);

        await ExpectAsync("/healthz", HttpStatusCode.OK, """{"status":"ok"}""");
    }

    [Fact]
    public async Task Readyz_ReadyThenDraining_Says200Then503WithTheReasons()
    {
        await StartAsync();
        await ExpectAsync("/readyz", HttpStatusCode.OK, """{"status":"ready"}""");

        _source.ReadinessNow = new ReadinessReport(["draining", "pool api: first probes are under way"]);

        await ExpectAsync(
            "/readyz",
            HttpStatusCode.ServiceUnavailable,
            """{"status":"not ready","reasons":["draining","pool api: first probes are under way"]}""");
    }

    [Fact]
    public async Task Certificates_InForce_AreTold()
    {
        await StartAsync();
        await ExpectAsync("/api/v1/certificates", HttpStatusCode.OK, "[]");
        _source.CertificatesNow =
        [
            new CertificateReport
            {
                Listener = "l",
                File = "a.pem",
                Names = ["a.example", "*.a.example"],
                Subject = "CN=a",
                Issuer = "CN=r",
                KeyType = "ecdsa",
                Fingerprint = "00",
                NotBefore = DateTimeOffset.UnixEpoch,
                NotAfter = DateTimeOffset.UnixEpoch.AddDays(1),
                State = "expired",
                DaysLeft = -3,
                Problem = "'key': there is no file a.key",
            },
        ];

        await ExpectAsync(
            "/api/v1/certificates",
            HttpStatusCode.OK,
            """
            [{"listener":"l","file":"a.pem","names":["a.example","*.a.example"],"subject":"CN=a","issuer":"CN=r","key_type":"ecdsa","fingerprint":"00",
            "not_before":"1970-01-01T00:00:00+00:00","not_after":"1970-01-02T00:00:00+00:00","state":"expired","days_left":-3,"problem":"'key': there is no file a.key"}]
            """.ReplaceLineEndings(""));
    }

    [Fact]
    public async Task Status_PartlyKnown_LeavesTheRestOut()
    {
        await StartAsync();
        _source.StatusNow = new StatusReport
        {
            Node = "lb-1",
            Version = "1.2.3",
            ConfigId = "abc",
            Listeners = [new ListenerReport { Name = "web", Protocol = "http", Addresses = ["127.0.0.1:8080"], Connections = 3 }],
            Pools =
            [
                new PoolReport
                {
                    Name = "api",
                    Servers =
                    [
                        new ServerReport
                        {
                            Name = "a",
                            Address = "127.0.0.1:9001",
                            AdminState = AdminState.Maintenance,
                            OperationalState = OperationalState.Up,
                            Weight = 2,
                            Active = 0,
                        },
                    ],
                },
            ],
        };

        await ExpectAsync(
            "/api/v1/status",
            HttpStatusCode.OK,
            """
            {"node":"lb-1","version":"1.2.3","config_id":"abc",
            "listeners":[{"name":"web","protocol":"http","addresses":["127.0.0.1:8080"],"connections":3}],
            "pools":[{"name":"api","servers":[{"name":"a","address":"127.0.0.1:9001",
            "admin_state":"maintenance","operational_state":"up","weight":2,"active":0}]}]}
            """.Replace("\n", ""));
    }

    [Fact]
    public async Task Metrics_OfProcessAndSource_FollowTheFormat()
    {
        await StartAsync();
        _source.Metrics = writer =>
        {
            writer.Family("atlas_things_total", "Things.", MetricKind.Counter);
            writer.Sample(7, new MetricLabel("pool", "a\"b"));
        };

        HttpResponseMessage response = await _client.GetAsync(Url("/metrics"));

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        PrometheusText text = PrometheusText.Parse(await response.Content.ReadAsStringAsync());
        text.Value("atlas_things_total", "pool", "a\"b").ShouldBe(7);
        text.Value("atlas_build_info", "version", "9.8.7").ShouldBe(1);
        text.Value("atlas_process_resident_memory_bytes").ShouldBeGreaterThan(1e6);
        text.Value("atlas_process_open_fds").ShouldBeGreaterThan(3);
        text.Value("atlas_process_start_time_seconds").ShouldBeInRange(1.7e9, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 1);
        text.Value("atlas_gc_collections_total", "generation", "2").ShouldBeGreaterThanOrEqualTo(0);
        text.Families.ShouldAllBe(name => name.StartsWith("atlas_"));
    }

    [Fact]
    public async Task Metrics_SourceFails_Is500AndSaysSoToTheOperator()
    {
        await StartAsync();
        _source.Metrics = writer =>
        {
            writer.Family("atlas_things_total", "Things.", MetricKind.Counter);
            throw new InvalidOperationException("broken");
        };

        await ExpectAsync("/metrics", HttpStatusCode.InternalServerError, """{"error":"internal error"}""");
        _notices.ShouldHaveSingleItem().ShouldContain("broken");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/metrics/more")]
    [InlineData("/api/v1/none?x=1")]
    public async Task Get_UnknownPath_Is404AndListsTheEndpoints(string path)
    {
        await StartAsync();

        await ExpectAsync(
            path,
            HttpStatusCode.NotFound,
            """
            {"error":"not found","endpoints":["GET /healthz","GET /readyz","GET /metrics","GET /api/v1/status",
            "GET /api/v1/certificates","GET /api/v1/authorities","GET /api/v1/events","GET /openapi.json","PATCH /api/v1/pools/{pool}/servers/{server}","POST /api/v1/reload","POST /api/v1/upgrade"]}
            """.Replace("\n", ""));
    }

    [Fact]
    public async Task Post_KnownPath_Is405WithAllow()
    {
        await StartAsync();

        HttpResponseMessage response = await _client.PostAsync(Url("/metrics"), new StringContent(""));

        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET", "HEAD"]);
    }

    [Fact]
    public async Task Head_KnownPath_HasNoBody()
    {
        await StartAsync();

        foreach (string path in (string[])["/healthz", "/readyz", "/metrics", "/api/v1/status", "/openapi.json"])
        {
            HttpResponseMessage response = await _client.SendAsync(new HttpRequestMessage(HttpMethod.Head, Url(path)));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("s3cret", "/metrics", "Bearer s3cret", 200)]
    [InlineData("s3cret", "/metrics", "bearer s3cret", 200)]
    [InlineData("s3cret", "/metrics", null, 401)]
    [InlineData("s3cret", "/metrics", "Bearer ", 401)]
    [InlineData("s3cret", "/metrics", "Bearer s3cre", 401)]
    [InlineData("s3cret", "/metrics", "Bearer s3cretx", 401)]
    [InlineData("s3cret", "/metrics", "Basic s3cret", 401)]
    [InlineData("s3cret", "/api/v1/status", null, 401)]
    [InlineData("s3cret", "/api/v1/events", null, 401)]
    [InlineData("s3cret", "/openapi.json", null, 401)]
    [InlineData("s3cret", "/none", null, 401)]
    [InlineData("s3cret", "/healthz", null, 200)]
    [InlineData("s3cret", "/readyz", null, 200)]
    [InlineData(null, "/metrics", null, 200)]
    [InlineData(null, "/metrics", "Bearer any", 200)]
    public async Task Get_Token_IsNeededWhereConfigured(string? token, string path, string? authorization, int expected)
    {
        await StartAsync(token);
        var request = new HttpRequestMessage(HttpMethod.Get, Url(path));
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization).ShouldBeTrue();
        }

        HttpResponseMessage response = await _client.SendAsync(request);

        ((int)response.StatusCode).ShouldBe(expected);
        response.Headers.WwwAuthenticate.Contains(new AuthenticationHeaderValue("Bearer")).ShouldBe(expected == 401);
    }

    [Fact]
    public async Task Readyz_WithoutTheToken_GivesNoReasons()
    {
        await StartAsync("s3cret");
        _source.ReadinessNow = new ReadinessReport(["draining"]);

        await ExpectAsync("/readyz", HttpStatusCode.ServiceUnavailable, """{"status":"not ready"}""");
    }

    [Fact]
    public async Task Request_PastItsBounds_IsRefused()
    {
        await StartAsync();

        (await _client.GetAsync(Url("/" + new string('x', AdminServer.MaxRequestLineBytes)))).StatusCode
            .ShouldBe(HttpStatusCode.RequestUriTooLong);
        var request = new HttpRequestMessage(HttpMethod.Get, Url("/healthz"));
        request.Headers.Add("X-Long", new string('x', AdminServer.MaxHeaderBytes));
        (await _client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }

    private async Task StartAsync(string? token = null) => _server = await AdminServer.StartAsync(
        new AdminOptions
        {
            Socket = AdminSockets.OnLoopback(),
            Token = token,
            Version = "9.8.7",
            Notice = _notices.Add,
        },
        _source);

    private string Url(string path) => _server!.Urls[0] + path;

    private async Task ExpectAsync(string path, HttpStatusCode status, string body)
    {
        HttpResponseMessage response = await _client.GetAsync(Url(path));
        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.Content.ReadAsStringAsync()).ShouldBe(body);
    }
}
