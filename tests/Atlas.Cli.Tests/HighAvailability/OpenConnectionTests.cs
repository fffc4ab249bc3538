using System.Net;
using System.Net.Sockets;
using Atlas.Cli.Tests.Programs;

namespace Atlas.Cli.Tests.HighAvailability;

/// <summary>What becomes of connections that are open when the address goes to another node: their clients learn of it at once.</summary>
public sealed class OpenConnectionTests
{
    [Fact]
    public async Task Stop_OfAMasterWithADownload_ResetsItsClient()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        Backend server = network.Keep(NamespaceThread.RunIn(network.One.Name, () => new Backend("one")));
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, Text("one", 150, server)));
        await one.SaysAsync("is master");
        network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two", 100, server)));
        using Socket client = await DownloadAsync(network);

        await one.Program.SignalAsync("TERM");

        (await EndOfAsync(client)).ShouldBe(SocketError.ConnectionReset);
        (await one.Program.EndAsync()).ShouldBe(0);
        one.Program.Output.ShouldContain("\"path\":\"/stream\"");
        one.Program.Output.ShouldNotContain("\"end\":\"completed\"");
    }

    [Fact]
    public async Task Preemption_OfAMasterWithADownload_ResetsItsClient()
    {
        await using SharedNetwork network = SharedNetwork.Create();
        Backend server = network.Keep(NamespaceThread.RunIn(network.One.Name, () => new Backend("one")));
        VirtualNode one = network.Keep(await VirtualNode.StartTextAsync(network.One, Text("one", 100, server)));
        await one.SaysAsync("is master");
        using Socket client = await DownloadAsync(network);

        network.Keep(await VirtualNode.StartTextAsync(network.Two, Text("two", 150, server)));

        (await EndOfAsync(client)).ShouldBe(SocketError.ConnectionReset);
        await one.SaysAsync("gave 10.88.0.100 up: a master of higher priority was heard");
    }

    private static async Task<Socket> DownloadAsync(SharedNetwork network)
    {
        Socket client = network.Client.NewSocket(IPAddress.Parse(SharedNetwork.VirtualIp), ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Parse(SharedNetwork.VirtualIp), 80).WaitAsync(RunningProgram.Limit);
        await client.SendAsync("GET /stream HTTP/1.1\r\nhost: x\r\n\r\n"u8.ToArray());
        (await client.ReceiveAsync(new byte[1]).WaitAsync(RunningProgram.Limit)).ShouldBe(1);
        return client;
    }

    // What came before the end is read first.
    private static async Task<SocketError> EndOfAsync(Socket client)
    {
        byte[] buffer = new byte[65_536];
        try
        {
            while (await client.ReceiveAsync(buffer).WaitAsync(RunningProgram.Limit) > 0)
            {
            }

            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }

    private static string Text(string name, int priority, Backend server) =>
        $$"""
        listeners:
          web: { bind: "0.0.0.0:80", pool: web, access_log: { to: stdout } }
        pools: { web: { servers: ["{{server.Address}}"] } }
        admin: { bind: none }
        high_availability:
          node: {{name}}
          active_passive:
            - { interface: eth, router_id: 51, addresses: [{{SharedNetwork.VirtualIp}}/24], priority: {{priority}}, advertise: 200ms }
        """;
}
