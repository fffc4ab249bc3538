using System.Text.Json;
using System.Text.Json.Nodes;
using Atlas.Admin.Reports;
using Atlas.Core.Health;

namespace Atlas.Admin.Tests;

public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task Description_OfTheApi_NamesEachEndpointAndTheVersion()
    {
        JsonObject document = await ReadAsync("/openapi.json");
        string[] described =
        [
            .. document["paths"]!.AsObject().SelectMany(path =>
                path.Value!.AsObject().Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}")),
        ];
        JsonObject unknown = await ReadAsync("/none");

        described.ShouldBe(unknown["endpoints"]!.AsArray().Select(endpoint => (string)endpoint!), ignoreOrder: true);
        ((string?)document["info"]!["version"]).ShouldBe("9.8.7");
    }

    [Fact]
    public async Task Description_OfReports_HasExactlyTheirKeys()
    {
        JsonObject schemas = (await ReadAsync("/openapi.json"))["components"]!["schemas"]!.AsObject();
        var server = new ServerReport
        {
            Name = "a",
            Address = "x",
            AdminState = AdminState.Drain,
            OperationalState = OperationalState.Ejected,
            Weight = 1,
            EffectiveWeight = 1,
            Backup = true,
            Active = 1,
            Tunnels = 1,
            Flows = 1,
            Rate = 1,
            LastProbe = "x",
            LastConnectError = "x",
            Unreachable = true,
            Ejection = new EjectionReport("x", 1),
            NotEjected = "x",
            Warning = "x",
            Remaining = new RemainingReport(1, 1),
            SafeToRemove = false,
        };
        var status = new StatusReport
        {
            Node = "n",
            Version = "1",
            Pid = 1,
            Since = DateTimeOffset.UnixEpoch,
            UpgradedFrom = 1,
            ConfigId = "x",
            Listeners =
            [
                new ListenerReport
                {
                    Name = "l",
                    Protocol = "tcp",
                    Tls = true,
                    Mode = "kernel",
                    Addresses = [],
                    Connections = 1,
                    Http2Connections = 1,
                    Http2Streams = 1,
                },
            ],
            Pools =
            [
                new PoolReport
                {
                    Name = "p",
                    Balance = "x",
                    State = PoolState.Panic,
                    UsableShare = 1,
                    Warning = "x",
                    Circuit = new CircuitReport
                    {
                        State = CircuitState.HalfOpen,
                        Since = DateTimeOffset.UnixEpoch,
                        Reason = "x",
                        RetryAfterSeconds = 1,
                    },
                    Names = [new ServerNameReport { Name = "n", Servers = 1, Pending = false, Problem = "x", AnswerAgeSeconds = 1 }],
                    Servers = [server],
                },
            ],
            Stores = [new StoreReport { Name = "s", Type = "redis", State = "down", Reason = "x", Servers = ["x"] }],
            Sessions = [new SessionReport { Name = "s", Store = "s", Count = 1, Bytes = 1, MaxBytes = 1 }],
            HighAvailability = HighAvailability(),
            Certificates = new CertificateSummary
            {
                Count = 1,
                FirstToEnd = "x",
                FirstNotAfter = DateTimeOffset.UnixEpoch,
                Expired = 1,
                Warnings = ["x"],
                Problems = ["x"],
            },
            Authorities = new CertificateSummary { Count = 1, FirstToEnd = "x", FirstNotAfter = DateTimeOffset.UnixEpoch },
            Leaving = [new LeavingReport("p", "s", 1)],
        };
        IReadOnlyList<CertificateReport> certificates =
        [
            new CertificateReport
            {
                Listener = "l",
                Pool = "p",
                Store = "s",
                File = "x",
                Names = ["x"],
                Subject = "x",
                Issuer = "x",
                KeyType = "rsa",
                Fingerprint = "x",
                NotBefore = DateTimeOffset.UnixEpoch,
                NotAfter = DateTimeOffset.UnixEpoch,
                State = "valid",
                DaysLeft = 1,
                OcspStapled = true,
                Problem = "x",
            },
        ];
        IReadOnlyList<AuthorityReport> authorities =
        [
            new AuthorityReport
            {
                Listener = "l",
                Pool = "p",
                Store = "s",
                File = "x",
                Certificates =
                [
                    new AuthorityCertificateReport
                    {
                        Subject = "x",
                        Fingerprint = "x",
                        NotBefore = DateTimeOffset.UnixEpoch,
                        NotAfter = DateTimeOffset.UnixEpoch,
                        State = "valid",
                        DaysLeft = 1,
                    },
                ],
                Problem = "x",
            },
        ];
        JsonNode written = JsonSerializer.SerializeToNode(status, AdminJson.Default.StatusReport)!;

        Same(written, "Status");
        Same(JsonSerializer.SerializeToNode(new ReloadReport { Lines = ["x"] }, AdminJson.Default.ReloadReport)!, "Reload");
        var upgrade = new UpgradeReport { Pid = 1, Version = "x", FromPid = 1, FromVersion = "x", Draining = 1, Notes = ["x"] };
        Same(JsonSerializer.SerializeToNode(upgrade, AdminJson.Default.UpgradeReport)!, "Upgrade");
        Same(written["listeners"]![0]!, "Listener");
        Same(written["pools"]![0]!, "Pool");
        Same(written["pools"]![0]!["servers"]![0]!, "Server");
        Same(written["pools"]![0]!["circuit"]!, "Circuit");
        Same(written["pools"]![0]!["servers"]![0]!["ejection"]!, "Ejection");
        Same(written["pools"]![0]!["servers"]![0]!["remaining"]!, "Remaining");
        Same(written["pools"]![0]!["names"]![0]!, "ServerName");
        Same(written["leaving"]![0]!, "Leaving");
        Same(written["stores"]![0]!, "Store");
        Same(written["sessions"]![0]!, "Session");
        JsonNode others = written["high_availability"]!;
        Same(others, "HighAvailability");
        Same(others["virtual_routers"]![0]!, "VirtualRouter");
        Same(others["peers"]![0]!, "OtherNode");
        Same(others["zone"]!, "Zone");
        Same(written["certificates"]!, "Certificates");
        Same(JsonSerializer.SerializeToNode(certificates, AdminJson.Default.IReadOnlyListCertificateReport)![0]!, "Certificate");
        JsonNode file = JsonSerializer.SerializeToNode(authorities, AdminJson.Default.IReadOnlyListAuthorityReport)![0]!;
        Same(file, "Authorities");
        Same(file["certificates"]![0]!, "AuthorityCertificate");
        Words<AdminState>("Server", "admin_state");
        Words<OperationalState>("Server", "operational_state");
        Words<PoolState>("Pool", "state");
        Words<CircuitState>("Circuit", "state");

        void Same(JsonNode report, string name) => report.AsObject().Select(key => key.Key)
            .ShouldBe(schemas[name]!["properties"]!.AsObject().Select(key => key.Key), ignoreOrder: true);

        void Words<T>(string name, string key)
            where T : struct, Enum =>
            schemas[name]!["properties"]![key]!["enum"]!.AsArray().Select(word => (string)word!)
                .ShouldBe(Enum.GetNames<T>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));
    }

    private static HighAvailabilityReport HighAvailability() => new()
    {
        State = "not_serving",
        Problem = "x",
        VirtualRouters =
        [
            new VirtualRouterReport
            {
                Name = "x",
                State = "master",
                Since = DateTimeOffset.UnixEpoch,
                Reason = "x",
                Priority = 1,
                ConfiguredPriority = 1,
                Lowered = "x",
                Addresses = ["x"],
                HeardFrom = "x",
                HeardPriority = 0,
                Missing = "x",
                Conflict = "x",
                Lease = "x",
            },
        ],
        Peers =
        [
            new OtherNodeReport
            {
                Name = "x",
                Address = "x",
                State = "dead",
                Reason = "x",
                Live = false,
                Since = DateTimeOffset.UnixEpoch,
                LastHeard = DateTimeOffset.UnixEpoch,
                Version = "x",
                RoundTripSeconds = 1,
                ClockAheadSeconds = 1,
                Restarts = 1,
                Problem = "x",
            },
        ],
        Zone = new ZoneReport { Name = "x", Serial = 1, Address = "x", Answers = ["x"] },
    };

    private static async Task<JsonObject> ReadAsync(string path)
    {
        await using AdminServer server = await AdminServer.StartAsync(
            new AdminOptions { Socket = AdminSockets.OnLoopback(), Version = "9.8.7" }, new StubSource());
        using var client = new HttpClient();
        using HttpResponseMessage response = await client.GetAsync(server.Urls[0] + path);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
    }
}
