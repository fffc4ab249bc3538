using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Control.Tests.Health;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>What hostile clients send to the sockets of a DNS server, while another client asks: it always gets its answer.</summary>
public sealed class DnsSocketFuzzTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Datagrams = 20_000;
    private const int Connections = 1_000;

    private readonly int _seed = Random.Shared.Next();
    private DnsServer _server = null!;

    public ValueTask InitializeAsync()
    {
        output.WriteLine($"seed {_seed}");
        _server = DnsServer.Start(ZoneUnderTest.Config() with { ResponseLimit = null }, _ => true, TimeProvider.System);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Udp_MessagesOfAnyKind_LeaveAnswersToOthers()
    {
        var random = new Random(_seed);
        using Socket hostile = Udp();
        using Socket honest = Udp();
        for (int i = 0; i < Datagrams; i++)
        {
            await hostile.SendAsync(MutatedQuestions.Next(random));
            if (i % 100 == 0)
            {
                await AskAsync(honest);
            }
        }

        await AskAsync(honest);
        new Counts(_server).Of("transport=udp").ShouldBeGreaterThan(Datagrams / 2, "most of what has a header was counted");
    }

    [Fact]
    public async Task Tcp_StreamsOfAnyKind_LeaveAnswersToOthers()
    {
        var random = new Random(_seed);
        using Socket honest = Udp();
        using var asking = new TcpClient();
        await asking.ConnectAsync(_server.Address);
        for (int i = 0; i < Connections; i++)
        {
            using (var hostile = new TcpClient())
            {
                await hostile.ConnectAsync(_server.Address);
                await SendAsync(hostile, random);
            }

            if (i % 10 == 0)
            {
                await AskAsync(honest);
            }
        }

        // Nothing of them is left.
        await AskAsync(honest);
        await AskAsync(asking);
        await Until.SoAsync(() => new Counts(_server).Of("atlas_dns_server_connections{") == 1);
    }

    // Some messages, of which lengths may lie; then it stays a while, goes, or resets.
    private static async Task SendAsync(TcpClient client, Random random)
    {
        try
        {
            for (int messages = random.Next(1, 5); messages > 0; messages--)
            {
                byte[] message = MutatedQuestions.Next(random);
                byte[] framed = DnsServerTests.Framed(message);
                if (random.Next(4) == 0)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)random.Next(65_536));
                }

                int cut = random.Next(framed.Length + 1);
                await client.GetStream().WriteAsync(framed.AsMemory(0, cut));
                await client.GetStream().WriteAsync(framed.AsMemory(cut));
            }
        }
        catch (IOException)
        {
            // The server has ended it.
        }

        switch (random.Next(3))
        {
            case 0:
                client.LingerState = new LingerOption(enable: true, 0);
                break;
            case 1:
                TryEndSide(client);
                break;
            default:
                break;
        }
    }

    private static void TryEndSide(TcpClient client)
    {
        try
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has ended it.
        }
    }

    private static async Task AskAsync(TcpClient client)
    {
        await client.GetStream().WriteAsync(DnsServerTests.Framed(ZoneUnderTest.Question("www.lb.example.com")));
        (await DnsServerTests.ReadAsync(client)).Addresses.Length.ShouldBe(2);
    }

    // The kernel drops datagrams where the hostile ones have filled the server's buffer: asked again, as any client does.
    private async Task AskAsync(Socket socket)
    {
        byte[] question = ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232);
        byte[] buffer = new byte[4096];
        for (int attempt = 0; ; attempt++)
        {
            attempt.ShouldBeLessThan(10, $"no answer, seed {_seed}");
            await socket.SendAsync(question);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            try
            {
                int length = await socket.ReceiveAsync(buffer, limit.Token);
                new Reply(buffer[..length]).Addresses.Length.ShouldBe(2, $"seed {_seed}");
                return;
            }
            catch (OperationCanceledException)
            {
                continue;
            }
        }
    }

    private Socket Udp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Connect(_server.Address);
        return socket;
    }

    /// <summary>What a server has counted.</summary>
    private sealed class Counts
    {
        private readonly MetricLines _lines = new();

        internal Counts(DnsServer server) => server.WriteMetrics(_lines);

        internal double Of(string text) => _lines.Lines
            .Where(line => line.Contains(text, StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
