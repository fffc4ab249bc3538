using Atlas.Admin.Reports;
using Atlas.Core.Health;
using Atlas.Operating;

namespace Atlas.Tests.Operating;

public sealed class StatusTextTests
{
    private static readonly ServerReport Server = new()
    {
        Name = "a",
        Address = "127.0.0.1:9001",
        AdminState = AdminState.Ready,
        OperationalState = OperationalState.Up,
        Weight = 1,
        EffectiveWeight = 1,
        Active = 0,
        Rate = 0,
    };

    [Fact]
    public void Note_OfAServer_SaysTheMostUrgent()
    {
        Note(Server).ShouldBe("");
        Note(Server with { Backup = true }).ShouldBe("backup");
        const string oneClient = "12 failures in a row, from one client only: not ejected";
        Note(Server with { Backup = true, NotEjected = oneClient }).ShouldBe(oneClient);
        Note(Server with
        {
            OperationalState = OperationalState.Ejected,
            Ejection = new EjectionReport("5 failures in a row (5 to connect)", 27.4),
        }).ShouldBe("for 27s more: 5 failures in a row (5 to connect)");
        Note(Server with { OperationalState = OperationalState.Down, LastProbe = "x failed in 1 ms: connect refused", NotEjected = "y" })
            .ShouldBe("connect refused");
    }

    [Theory]
    [InlineData("up", null, "store shared  redis on 127.0.0.1:6379  up")]
    [InlineData("down", "127.0.0.1:6379 refuses connections", "store shared  redis on 127.0.0.1:6379  DOWN: 127.0.0.1:6379 refuses connections")]
    public void Store_OfAStatus_SaysHowItIs(string state, string? reason, string line)
    {
        var status = new StatusReport
        {
            Node = "n",
            Version = "1",
            Pools = [],
            Listeners = [],
            Stores =
            [
                new StoreReport { Name = "local", Type = "memory", State = "up" },
                new StoreReport { Name = "shared", Type = "redis", State = state, Reason = reason, Servers = ["127.0.0.1:6379"] },
            ],
        };

        StatusText.Lines(status, 120).Skip(1).ShouldBe(["store local  memory  up", line]);
    }

    [Fact]
    public void Session_OfAStatus_SaysWhereItIsAndWhatIsInMemory()
    {
        var status = new StatusReport
        {
            Node = "n",
            Version = "1",
            Pools = [],
            Listeners = [],
            Sessions =
            [
                new SessionReport { Name = "cart", Store = "here", Count = 1, Bytes = 1_310_720, MaxBytes = 256 << 20 },
                new SessionReport { Name = "user", Store = "shared" },
            ],
        };

        StatusText.Lines(status, 80).Skip(1).ShouldBe(["session cart  in store here  1 session, 1.3 of 256 MiB", "session user  in store shared"]);
    }

    [Theory]
    [InlineData("http", null, 0L, "listener l  http on 127.0.0.1:1  2 connections")]
    [InlineData("http", true, 0L, "listener l  https on 127.0.0.1:1  2 connections")]
    [InlineData("http", true, 1L, "listener l  https on 127.0.0.1:1  2 connections, 1 of HTTP/2 with 3 streams")]
    [InlineData("tcp", true, null, "listener l  tcp with TLS on 127.0.0.1:1  2 connections")]
    public void Listener_OfAStatus_SaysWhatItSpeaks(string protocol, bool? tls, long? http2, string line)
    {
        var status = new StatusReport
        {
            Node = "n",
            Version = "1",
            Pools = [],
            Listeners =
            [
                new ListenerReport
                {
                    Name = "l", Protocol = protocol, Tls = tls, Addresses = ["127.0.0.1:1"], Connections = 2, Http2Connections = http2, Http2Streams = 3,
                },
            ],
        };

        StatusText.Lines(status, 80).Last().ShouldBe(line);
    }

    [Fact]
    public void Note_OfAServerThatNoConnectionReaches_SaysWhy()
    {
        ServerReport server = Server with { LastConnectError = "2026-06-01T12:00:00.000Z: tls: the server's certificate has expired" };

        Note(server with { Unreachable = true }).ShouldBe("tls: the server's certificate has expired");
        Note(server with { Unreachable = true, Backup = true }).ShouldBe("backup, tls: the server's certificate has expired");
        Note(server with
        {
            Unreachable = true,
            OperationalState = OperationalState.Ejected,
            Ejection = new EjectionReport("5 failures in a row (5 to connect)", 27.4),
        }).ShouldBe("for 27s more: 5 failures in a row (5 to connect): tls: the server's certificate has expired");

        // A connection was made since.
        Note(server).ShouldBe("");
    }

    [Theory]
    [InlineData(1, "certificate of listener l: a.example  valid until 2026-08-30 12:00Z")]
    [InlineData(3, "certificates  3, first to end listener l: a.example, on 2026-08-30 12:00Z")]
    public void Certificates_OfAStatus_AreALineAndTheirProblemsOneEach(int count, string line)
    {
        StatusReport status = With(Certificates(count) with { Problems = ["listener l: 'key': a.key is not the key"] });

        StatusText.Lines(status, 80).Skip(1).ShouldBe([line, "  NOTE not used as it is now: listener l: 'key': a.key is not the key"]);
        StatusText.Lines(status with { Certificates = null }, 80).Count().ShouldBe(1);
    }

    [Fact]
    public void Authorities_OfAStatus_AreALineBelowTheCertificates()
    {
        StatusReport status = With(Certificates(1)) with { Authorities = Certificates(2) with { FirstToEnd = "listener l: CN=One", Problems = ["x"] } };

        StatusText.Lines(status, 100).Skip(2).ShouldBe(
            ["authorities  2, first to end listener l: CN=One, on 2026-08-30 12:00Z", "  NOTE not used as it is now: x"]);
        StatusText.Lines(status with { Authorities = Certificates(1) }, 100).Last()
            .ShouldBe("authority of listener l: a.example  valid until 2026-08-30 12:00Z");
    }

    [Theory]
    [InlineData(1, "certificate of listener l: a.example  EXPIRED on 2026-08-30 12:00Z")]
    [InlineData(3, "certificates  3, 1 EXPIRED, first to end listener l: a.example, on 2026-08-30 12:00Z")]
    public void Certificates_ThatExpired_SayItInCapitalsAndWarnOfEach(int count, string line)
    {
        StatusReport status = With(Certificates(count) with
        {
            Expired = 1,
            Warnings = ["listener l: b.example expires in 7 days, on 2026-08-30 12:00 UTC: renew it"],
        });

        StatusText.Lines(status, 100).Skip(1)
            .ShouldBe([line, "  NOTE listener l: b.example expires in 7 days, on 2026-08-30 12:00 UTC: renew it"]);
    }

    [Fact]
    public void Note_ThatDoesNotFit_HasALineOfItsOwn()
    {
        string note = new('n', 60);
        string[] lines = [.. Lines(Pool() with { Servers = [Server, Server with { Name = "b", NotEjected = note }] }, width: 80)];

        lines[^2].ShouldStartWith("  b ");
        lines[^1].ShouldBe("    " + note);
        lines.ShouldAllBe(line => line.Length <= 80);
    }

    [Theory]
    [InlineData(CircuitState.Closed, false, null, "  circuit closed")]
    [InlineData(CircuitState.Closed, true, null, "  circuit closed since 2026-03-01 07:08:09Z")]
    [InlineData(CircuitState.Open, true, 7.5, "  CIRCUIT OPEN since 07:08:09Z, for 7.5s more: 3 of 4 requests failed in 10s")]
    [InlineData(CircuitState.HalfOpen, true, 3.0, "  CIRCUIT HALF OPEN since 07:08:09Z: a request tries")]
    [InlineData(CircuitState.HalfOpen, true, 0.0, "  CIRCUIT HALF OPEN since 07:08:09Z: ready to try, by the next request")]
    public void Circuit_EachState_HasItsLine(CircuitState state, bool hasTime, double? seconds, string line) =>
        Lines(Pool() with
        {
            Circuit = new CircuitReport
            {
                State = state,
                Since = hasTime ? new DateTimeOffset(2026, 3, 1, 7, 8, 9, TimeSpan.Zero) : null,
                Reason = "3 of 4 requests failed in 10s",
                RetryAfterSeconds = seconds,
            },
        }).ShouldContain(line);

    [Fact]
    public void Pool_NoServerHasAWeight_SaysSo() =>
        Lines(Pool() with { State = PoolState.Unusable, Servers = [Server with { Weight = 0 }] })
            .ShouldContain("pool web  round_robin  NO SERVER HAS A WEIGHT: clients are turned away (NH)");

    [Fact]
    public void Pool_WithoutServers_DoesNotBlameTheirWeights()
    {
        string[] lines = [.. Lines(Pool() with
        {
            State = PoolState.Unusable,
            Servers = [],
            Names = [new ServerNameReport { Name = "api.x:80", Servers = 0 }],
        })];

        lines.ShouldContain("pool web  round_robin  NO SERVER IS USABLE");
        lines[^1].ShouldBe("  NOTE api.x:80 has no servers: its records name none");
    }

    [Theory]
    [InlineData(80, "  …ernal@192.0.2.108:29103  up ")]
    [InlineData(120, "  shop.example.internal@192.0.2.108:29103  up ")]
    public void Name_ThatIsLong_IsCutWhereTheLineIsNarrow(int width, string start) =>
        Lines(Pool() with { Servers = [Server with { Name = "shop.example.internal@192.0.2.108:29103" }] }, width)
            .Last().ShouldStartWith(start);

    private static PoolReport Pool() => new() { Name = "web", Balance = "round_robin", State = PoolState.Usable, UsableShare = 1, Servers = [Server] };

    private static string Note(ServerReport server)
    {
        string[] lines = [.. Lines(Pool() with { Servers = [server] }, width: 200)];
        int column = lines[^2].IndexOf("NOTE", StringComparison.Ordinal);
        return lines[^1].PadRight(column)[column..];
    }

    private static IEnumerable<string> Lines(PoolReport pool, int width = 100) =>
        StatusText.Lines(new StatusReport { Node = "n", Version = "1", Listeners = [], Pools = [pool] }, width);

    private static StatusReport With(CertificateSummary certificates) => new()
    {
        Node = "n", Version = "1", Listeners = [], Pools = [], Certificates = certificates,
    };

    private static CertificateSummary Certificates(int count) => new()
    {
        Count = count,
        FirstToEnd = "listener l: a.example",
        FirstNotAfter = new DateTimeOffset(2026, 8, 30, 12, 0, 0, TimeSpan.Zero),
    };
}
