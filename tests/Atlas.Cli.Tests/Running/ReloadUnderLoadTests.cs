using System.Globalization;
using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.Running;

/// <summary>Reloads, one each second, while clients of every protocol ask. <c>ATLAS_SOAK</c> says for how many seconds, else for
/// <see cref="DefaultSeconds"/>.</summary>
public sealed class ReloadUnderLoadTests
{
    private const int DefaultSeconds = 5;

    // Asked after every reload, each on connections that the load opens anew or keeps.
    private const int AnswersPerReload = 20;

    private static int Seconds =>
        Environment.GetEnvironmentVariable("ATLAS_SOAK") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : DefaultSeconds;

    [Fact]
    public async Task Reload_EverySecondUnderLoad_DropsNothingThatItDoesNotName()
    {
        await using var a = new Backend("A");
        await using var b = new Backend("B");
        await using var chat = new WebSocketEcho();
        await using var one = new UdpEcho();
        await using var two = new UdpEcho();
        string Text(int step) => TextOf(step, a, b, chat, one, two);
        using var config = new ConfigFile(Text(0));
        await using RunningAtlas atlas = await RunningAtlas.StartAsync(config);
        string raw = await atlas.Program.ErrorAsync("listener raw: tcp on ");
        await using StrictLoad kept = StrictLoad.OfHttp(atlas.Address, 4);
        await using var fresh = new TcpLoad(atlas.Address, 4);
        await using var relayed = new TcpLoad(raw, 2);
        await using StrictLoad chats = StrictLoad.OfWebSockets(atlas.Address, 4);
        await using StrictLoad datagrams = StrictLoad.OfUdp(await atlas.Program.ErrorAsync("listener datagrams: udp on "), 4);

        // All of them are at A, which no reload names: B comes later.
        using TcpClient tunnel = await UpgradeTests.TunnelAsync(atlas.Address);
        TcpConnection[] connections = await TcpConnection.OpenManyAsync(raw, 4);
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        for (int step = 1; step <= Seconds; step++)
        {
            await second.WaitForNextTickAsync();
            config.Write(Text(step));
            await atlas.ReloadAsync(before: step - 1);
            await Task.WhenAll(
                kept.AnsweredAsync(AnswersPerReload),
                fresh.AnsweredAsync(AnswersPerReload),
                chats.AnsweredAsync(AnswersPerReload),
                relayed.AnsweredAsync(AnswersPerReload),
                datagrams.AnsweredAsync(AnswersPerReload));
            await Task.WhenAll(connections.Select(connection => connection.AskAsync()));
            await UpgradeTests.EchoAsync(tunnel);
        }

        await kept.EndAsync();
        await chats.EndAsync();
        await datagrams.EndAsync();
        await fresh.EndAsync();
        await relayed.EndAsync();
        fresh.Broken.ShouldBeEmpty();
        relayed.Broken.ShouldBeEmpty();
        Array.ForEach(connections, connection => connection.Dispose());
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{Seconds} reloads: {kept.Answered} requests on connections that stay, {fresh.Answered} on new ones, " +
            $"{chats.Answered} messages over WebSockets, {relayed.Answered} connections over TCP, {datagrams.Answered} datagrams");
    }

    // Steps change by turns what has nothing to do with the load (a listener and its pool), and what serves it (server B, weights).
    private static string TextOf(int step, Backend a, Backend b, WebSocketEcho chat, UdpEcho one, UdpEcho two)
    {
        bool hasMore = step % 4 is 1 or 2;
        bool hasB = step % 4 is 2 or 3;
        return $$"""
            listeners:
              web: { bind: 127.0.0.1:0, routes: [{ match: { path: /chat }, pool: chat }, { pool: web }] }
              raw: { bind: 127.0.0.1:0, protocol: tcp, pool: web }
              datagrams: { bind: 127.0.0.1:0, protocol: udp, pool: udp, udp: { idle: {{(hasB ? "2s" : "1s")}} } }
              {{(hasMore ? "more: { bind: 127.0.0.1:0, routes: [{ pool: more }] }" : "")}}
            pools:
              web:
                servers:
                  - { name: a, address: {{a.Address}}, weight: {{(hasB ? 3 : 1)}} }
                  {{(hasB ? $"- {{ name: b, address: {b.Address} }}" : "")}}
              chat: { servers: ["{{chat.Address}}"] }
              udp:
                servers:
                  - { name: one, address: {{one.Address}}, weight: {{(hasB ? 1 : 3)}} }
                  - { name: two, address: {{two.Address}} }
              {{(hasMore ? $"more: {{ servers: [{b.Address}] }}" : "")}}
            runtime: { workers: 2 }
            admin: { bind: none }
            """;
    }
}
