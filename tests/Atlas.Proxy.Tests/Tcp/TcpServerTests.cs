using Atlas.Core.Balancing;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Retries;
using Atlas.Proxy.Snapshots;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>Which server a TCP connection gets, and what becomes of it when servers fail.</summary>
public sealed class TcpServerTests
{
    [Fact]
    public void Connect_ServersRefuse_TheNextTakesIt() => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.World.Servers[0].Listener.Refuses = true;
            tcp.World.Servers[1].Listener.Refuses = true;
            tcp.Echo(2);
            for (int i = 0; i < 4; i++)
            {
                (ByteStream client, _, string server) = await tcp.GreetedAsync();
                server.ShouldBe("2");
                client.Close();
            }
        },
        servers: 3);

    [Fact]
    public void Connect_AllServersRefuse_ClientIsReset() => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.World.Servers.ForEach(server => server.Listener.Refuses = true);
            (_, WireReader reader) = await tcp.World.ConnectAsync();
            await reader.ToEndAsync();
            reader.Last.ShouldBeLessThan(0);
            tcp.Metrics.Errors(ProxyError.ConnectFailed).ShouldBe(1);
        },
        servers: 3);

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "1")]
    public void Connect_ServerIsSilent_IsTriedAgainAsOftenAsConfigured(int attempts, string? expected) => TcpWorld.Run(
        async tcp =>
        {
            tcp.World.Servers[0].Listener.IsSilent = true;
            tcp.Echo(1);
            long beganMs = tcp.World.NowMs;
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            byte[] name = await reader.BytesAsync(1);
            (tcp.World.NowMs - beganMs).ShouldBeInRange(2_000, 2_100);
            name.ShouldBe(expected is null ? [] : ProxyWorld.Bytes(expected));
            tcp.World.Servers[1].State.Metrics!.Retries.ShouldBe(expected is null ? 0 : 1);
            tcp.World.Servers[1].State.Metrics!.Failovers.ShouldBe(0);
            tcp.Metrics.Errors(ProxyError.ConnectTimeout).ShouldBe(expected is null ? 1 : 0);
            client.Close();
        },
        servers: 2,
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { ConnectMs = 2_000, Retry = new RetryPolicy { Attempts = attempts } });

    [Fact]
    public void Connect_NoServerTakesAny_ClientIsReset() => TcpWorld.ForSeeds(async tcp =>
    {
        tcp.World.Server.State.Balancing.Admin = Core.Health.AdminState.Maintenance;
        tcp.World.Pool.Balancer.Refresh(0);
        (_, WireReader reader) = await tcp.World.ConnectAsync();
        await reader.ToEndAsync();
        reader.Last.ShouldBeLessThan(0);
        tcp.Metrics.Errors(ProxyError.NoHealthyServer).ShouldBe(1);
    });

    [Fact]
    public void Connect_ServerIsFull_WaitsInTurn() => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.Echo(0);
            (ByteStream first, _, _) = await tcp.GreetedAsync();
            (ByteStream second, WireReader secondReader) = await tcp.World.ConnectAsync();
            await QueueWorld.UntilAsync(tcp.World, () => tcp.World.Pool.Queue.Length == 1);
            (_, WireReader third) = await tcp.World.ConnectAsync();
            await third.ToEndAsync();
            third.Last.ShouldBeLessThan(0);
            tcp.Metrics.Errors(ProxyError.QueueFull).ShouldBe(1);
            first.Close();
            (await secondReader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("0"));
            second.Close();
        },
        pool: pool => QueueWorld.Limited(pool, maxConnections: 1, limit: 1));

    [Fact]
    public void Connect_ClientBreaksWhileItWaits_LeavesTheQueue() => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.Echo(0);
            (ByteStream first, _, _) = await tcp.GreetedAsync();
            (ByteStream second, _) = await tcp.World.ConnectAsync();
            await QueueWorld.UntilAsync(tcp.World, () => tcp.World.Pool.Queue.Length == 1);
            second.Abort();
            await QueueWorld.UntilAsync(tcp.World, () => tcp.World.Pool.Queue.Length == 0);
            tcp.Metrics.Errors(ProxyError.ClientClosed).ShouldBe(1);
            first.Close();
        },
        pool: pool => QueueWorld.Limited(pool, maxConnections: 1, limit: 1));

    [Fact]
    public void Connect_WaitsTooLong_ClientIsReset() => TcpWorld.Run(
        async tcp =>
        {
            tcp.Echo(0);
            (ByteStream first, _, _) = await tcp.GreetedAsync();
            (_, WireReader second) = await tcp.World.ConnectAsync();
            long beganMs = tcp.World.NowMs;
            await second.ToEndAsync();
            (tcp.World.NowMs - beganMs).ShouldBeInRange(QueueWorld.TimeoutMs - 10, QueueWorld.TimeoutMs + 10);
            tcp.Metrics.Errors(ProxyError.QueueTimeout).ShouldBe(1);
            first.Close();
        },
        pool: pool => QueueWorld.Limited(pool, maxConnections: 1, limit: 1));

    [Fact]
    public void LeastConnections_ServerJoins_GetsNewConnectionsUntilAllHaveAsMany() => TcpWorld.Run(
        async tcp =>
        {
            for (int i = 0; i < 3; i++)
            {
                tcp.Echo(i);
            }

            BalancedServer late = tcp.World.Servers[2].State.Balancing;
            late.Admin = Core.Health.AdminState.Maintenance;
            tcp.World.Pool.Balancer.Refresh(0);
            var open = new List<ByteStream>();
            var servers = new List<string>();
            await ConnectAsync(tcp, 6, open, servers);
            late.Admin = Core.Health.AdminState.Ready;
            tcp.World.Pool.Balancer.Refresh(0);
            await ConnectAsync(tcp, 3, open, servers);
            servers[6..].ShouldAllBe(server => server == "2");
            await ConnectAsync(tcp, 6, open, servers);
            servers.GroupBy(server => server).Select(group => group.Count()).ShouldBe([5, 5, 5]);
            open.ForEach(client => client.Close());
        },
        servers: 3,
        pool: pool => Balanced(pool, BalanceAlgorithm.LeastConnections));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ServerWentDown_ItsConnections_EndWhereThePoolSaysSo(bool closes) => TcpWorld.ForSeeds(
        async tcp =>
        {
            tcp.Echo(0);
            tcp.Echo(1);
            (ByteStream client, WireReader reader, string server) = await tcp.GreetedAsync();
            (ByteStream other, WireReader otherReader, string otherServer) = await tcp.GreetedAsync();
            server.ShouldNotBe(otherServer);
            tcp.Proxy.ServerWentDown(tcp.World.Servers[server == "0" ? 0 : 1].State);
            await tcp.World.DelayAsync(2_000);
            tcp.World.Sessions.ShouldBe(closes ? 1 : 2);
            tcp.Metrics.Errors(ProxyError.ServerGone).ShouldBe(closes ? 1 : 0);
            await other.SendAllAsync(ProxyWorld.Bytes("x"));
            (await otherReader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("x"));
            if (closes)
            {
                await reader.ToEndAsync();
                reader.Last.ShouldBeLessThan(0);
            }

            client.Close();
            other.Close();
        },
        servers: 2,
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { ClosesOnServerDown = closes });

    [Fact]
    public void ServerWentDown_WhileAConnectionWaitsForIt_TheNextTakesIt() => TcpWorld.Run(
        async tcp =>
        {
            tcp.World.Servers[0].Listener.IsSilent = true;
            tcp.Echo(1);
            (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
            await tcp.World.DelayAsync(1_000);
            tcp.Proxy.ServerWentDown(tcp.World.Servers[0].State);
            (await reader.BytesAsync(1)).ShouldBe(ProxyWorld.Bytes("1"));
            client.Close();
        },
        servers: 2,
        pool: pool => new PoolSnapshot(pool.Name, pool.Servers)
        {
            ClosesOnServerDown = true,
            ConnectMs = 2_000,
            Retry = new RetryPolicy { Attempts = 1 },
        });

    [Fact]
    public void Outliers_ServerBreaksConnectionsBeforeItsFirstByte_IsSuspected()
    {
        RecordingObserver observer = new();
        TcpWorld.ForSeeds(
            async tcp =>
            {
                observer.Suspects.Clear();
                tcp.Serve(0, async turn =>
                {
                    await turn.Reader.BytesAsync(1);
                    turn.Stream.Abort();
                });
                for (int i = 0; i < 12; i++)
                {
                    (ByteStream client, WireReader reader) = await tcp.World.ConnectAsync();
                    string address = $"198.51.100.{i}";
                    await client.SendAllAsync(ProxyWorld.Bytes($"PROXY TCP4 {address} 192.0.2.9 4000 80\r\nx"));
                    await reader.ToEndAsync();
                    client.Close();
                }

                observer.Suspects.ShouldBe(["s0"]);
            },
            pool: pool => new PoolSnapshot(pool.Name, pool.Servers) { ConsecutiveFailures = 5, Observer = observer },
            listener: TcpOpeningTests.AcceptsHeaders,
            seeds: 8);
    }

    private static PoolSnapshot Balanced(PoolSnapshot pool, BalanceAlgorithm algorithm) => new(
        pool.Name,
        pool.Servers,
        new PoolBalancer(
            algorithm, [.. pool.Servers.Select(server => server.Balancing)], new RosterOptions(0.5, 0), previous: null, nowMs: 0));

    private static async Engine.Flows.Flow ConnectAsync(TcpWorld tcp, int count, List<ByteStream> open, List<string> servers)
    {
        for (int i = 0; i < count; i++)
        {
            (ByteStream client, _, string server) = await tcp.GreetedAsync();
            open.Add(client);
            servers.Add(server);
        }
    }
}
