using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Metrics;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>Requests that were repaired: counted, logged where that is wanted, and the last of both of their connections.</summary>
public sealed class RepairTests
{
    private const int Seeds = 8;
    private const int LongMs = 30_000;

    private static readonly RequestRepairs[] Kinds =
        [RequestRepairs.LengthAndChunked, RequestRepairs.EqualLengths, RequestRepairs.BareLf, RequestRepairs.EqualHosts];

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", RequestRepairs.LengthAndChunked, "both Content-Length and Transfer-Encoding")]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\nhello", RequestRepairs.EqualLengths, "more than one Content-Length")]
    [InlineData("GET / HTTP/1.1\nHost: a\n\n", RequestRepairs.BareLf, "bare LF in the start line")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", RequestRepairs.EqualHosts, "more than one Host header")]
    public void Request_Repaired_IsCountedAndTheLastOfItsConnections(string request, RequestRepairs kind, string detail)
    {
        foreach (bool logs in (bool[])[false, true])
        {
            var metrics = new ProxyMetrics(1).Listener("front");
            string[] lines = Ask(request, metrics, RequestRepairs.All, logs, expected: 200);

            metrics.Repairs(kind).ShouldBe(Seeds);
            Kinds.Sum(metrics.Repairs).ShouldBe(Seeds);
            lines.Length.ShouldBe(Seeds);
            foreach (string line in lines)
            {
                using JsonDocument json = JsonDocument.Parse(line);
                json.RootElement.GetProperty("flag").GetString().ShouldBe("-");
                json.RootElement.GetProperty("detail").GetString().ShouldBe(logs ? detail : "");
            }
        }
    }

    [Fact]
    public void Request_OfAKindThatIsNotRepaired_IsRefusedAndNotCounted()
    {
        var metrics = new ProxyMetrics(1).Listener("front");

        string[] lines = Ask(
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", metrics, RequestRepairs.All & ~RequestRepairs.EqualHosts, logs: true, expected: 400);

        metrics.Repairs(RequestRepairs.EqualHosts).ShouldBe(0);
        lines.ShouldAllBe(line => line.Contains("\"flag\":\"BR\"") && line.Contains("\"detail\":\"more than one Host header\""));
    }

    private static string[] Ask(string request, ListenerMetrics metrics, RequestRepairs repairs, bool logs, int expected)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        ProxyWorld.ForSeeds(
            Seeds,
            seed => new ProxyWorld(seed, listener: listener => listener with
            {
                Repairs = repairs,
                LogsRepairs = logs,
                Metrics = metrics,
                AccessLog = [log.Writer(0, AccessLogFormat.Json)],
            }),
            world => AskAsync(world, request, expected));
        log.Stop(LongMs).ShouldBeTrue();
        return destination.Lines;
    }

    private static async Flow AskAsync(ProxyWorld world, string request, int expected)
    {
        (ByteStream client, WireReader reader) = await world.ConnectAsync();
        await client.SendAllAsync(ProxyWorld.Bytes(request + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"));
        WireMessage response = (await reader.ResponseAsync("GET")).ShouldNotBeNull();
        response.Status.ShouldBe(expected);
        response.Field("connection").ShouldBe("close");
        (await reader.ToEndAsync()).ShouldBeEmpty();
        client.Close();
        await world.DelayAsync(1_000);
        world.Server.Seen.Count.ShouldBe(expected == 200 ? 1 : 0);
        world.Server.Listener.Connections.ShouldBe(0, "the connection to the server is not kept");
    }
}
