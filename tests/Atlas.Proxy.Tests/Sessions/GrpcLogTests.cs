using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Tests.Logging;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>The status of gRPC in the access log.</summary>
public sealed class GrpcLogTests
{
    private const string Call = "POST /s/m HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n";
    private const int LongMs = 10_000;

    [Theory]
    [InlineData(Call, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nGrpc-Status: 5\r\n\r\n", "5")]
    [InlineData(Call, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nGrpc-Status: 12\r\n\r\n", "12")]
    [InlineData(Call, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nGrpc-Status: many\r\n\r\n", "")]
    [InlineData(Call, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nGrpc-Status: 12\r\n\r\n", "")]
    public void Log_OfACall_HasItsStatus(string request, string response, string status)
    {
        JsonElement line = Run(async world =>
        {
            world.Server.OnConnect = async turn =>
            {
                await turn.Reader.RequestAsync();
                await turn.SendAsync(response);
                await turn.Reader.ToEndAsync();
                return true;
            };
            await world.AskAsync(request, 200, request.Split(' ')[0]);
        });

        line.GetProperty("grpc_status").GetString().ShouldBe(status);
    }

    // What the proxy answers itself.
    [Fact]
    public void Log_OfACallThatNoServerTakes_HasTheStatusThatTheClientGot()
    {
        JsonElement line = Run(async world =>
        {
            world.Server.State.Balancing.Admin = Core.Health.AdminState.Maintenance;
            world.Pool.Balancer.Refresh(world.NowMs);
            await world.AskAsync(Call, 200, "POST");
        });

        line.GetProperty("grpc_status").GetString().ShouldBe("14");
        line.GetProperty("flag").GetString().ShouldBe("NH");
    }

    private static JsonElement Run(Func<ProxyWorld, Engine.Flows.Flow> scenario)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        var world = new ProxyWorld(
            1, SimulationOptions.Calm, listener: front => front with { AccessLog = [log.Writer(0, AccessLogFormat.Json)] });
        world.Run(() => scenario(world));
        log.Stop(LongMs).ShouldBeTrue();
        return JsonDocument.Parse(destination.Lines.ShouldHaveSingleItem()).RootElement;
    }
}
