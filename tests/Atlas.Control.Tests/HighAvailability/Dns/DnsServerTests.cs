using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Atlas.Control.HighAvailability.Dns;
using Atlas.Core.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace Atlas.Control.Tests.HighAvailability.Dns;

public sealed class DnsServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private DnsServer _server = null!;

    public ValueTask InitializeAsync()
    {
        _server = DnsServer.Start(ZoneUnderTest.Config(), _ => true, _time);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Udp_Question_IsAnswered() =>
        (await AskUdpAsync(_server.Address)).Addresses.ShouldBe(["203.0.113.1", "203.0.113.2"]);

    [Fact]
    public async Task Udp_BoundToAllAddresses_AnswersFromTheOneThatWasAsked()
    {
        BindAddress.TryParse("0.0.0.0:0", out BindAddress? any).ShouldBeTrue();
        await using DnsServer server = DnsServer.Start(ZoneUnderTest.Config() with { Bind = any }, _ => true, _time);

        // A connected socket takes datagrams of that address only.
        for (int i = 0; i < 3; i++)
        {
            (await AskUdpAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), server.Address.Port))).Addresses.Length.ShouldBe(2);
            (await AskUdpAsync(new IPEndPoint(IPAddress.Loopback, server.Address.Port))).Addresses.Length.ShouldBe(2);
        }
    }

    [Fact]
    public async Task Udp_MoreLocalAddressesThanTheLimit_AreAnsweredFromWhereTheKernelSays()
    {
        BindAddress.TryParse("0.0.0.0:0", out BindAddress? any).ShouldBeTrue();
        await using DnsServer server = DnsServer.Start(ZoneUnderTest.Config() with { Bind = any }, _ => true, _time);
        IPEndPoint[] addresses =
        [
            .. Enumerable.Range(2, DnsServerLimits.LocalAddresses + 1).Select(i => new IPEndPoint(IPAddress.Parse($"127.0.0.{i}"), server.Address.Port)),
        ];
        foreach (IPEndPoint address in addresses[..^1])
        {
            (await AskUdpAsync(address)).Addresses.Length.ShouldBe(2);
        }

        using var limit = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await socket.SendToAsync(ZoneUnderTest.Question("www.lb.example.com"), addresses[^1], limit.Token);
        SocketReceiveFromResult answer = await socket.ReceiveFromAsync(new byte[512], new IPEndPoint(IPAddress.Any, 0), limit.Token);
        answer.RemoteEndPoint.ShouldBe(new IPEndPoint(IPAddress.Loopback, server.Address.Port));
    }

    [Fact]
    public async Task Udp_MessageOfTheMostBytesAndOneMore_IsReadAndMalformed()
    {
        byte[] most = Padded(DnsServerLimits.QuestionBytes);
        new Reply(await ExchangeUdpAsync(_server.Address, most)).Addresses.Length.ShouldBe(2);
        new Reply(await ExchangeUdpAsync(_server.Address, Padded(DnsServerLimits.QuestionBytes + 1))).Header.ResponseCode
            .ShouldBe(Protocols.Dns.DnsResponseCode.FormatError);
    }

    [Fact]
    public async Task Tcp_QuestionsWithoutWaiting_AreAnsweredInOrder()
    {
        using TcpClient client = await ConnectAsync();
        byte[] question = Framed(ZoneUnderTest.Question("www.lb.example.com"));
        byte[] many = [.. Enumerable.Range(0, 100).SelectMany(i => { question[3] = (byte)i; return question; })];
        await client.GetStream().WriteAsync(many);

        for (int i = 0; i < 100; i++)
        {
            Reply reply = await ReadAsync(client);
            (reply.Header.Id & 0xFF).ShouldBe(i);
            reply.Addresses[0].ShouldBe(i % 2 == 0 ? "203.0.113.1" : "203.0.113.2");
        }
    }

    [Fact]
    public async Task Tcp_QuestionByteByByte_IsAnswered()
    {
        using TcpClient client = await ConnectAsync();
        client.NoDelay = true;
        foreach (byte b in Framed(ZoneUnderTest.Question("www.lb.example.com")))
        {
            await client.GetStream().WriteAsync(new[] { b });
        }

        (await ReadAsync(client)).Addresses.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Tcp_MessageOfTheMostBytes_IsAnsweredAndOneMoreEndsTheConnection()
    {
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync(Framed(Padded(DnsServerLimits.QuestionBytes)));
        (await ReadAsync(client)).Addresses.Length.ShouldBe(2);

        await client.GetStream().WriteAsync(Framed(Padded(DnsServerLimits.QuestionBytes + 1)));

        (await IsClosedAsync(client)).ShouldBeTrue();
    }

    [Fact]
    public async Task Tcp_Idle_IsClosedAtTheLimit()
    {
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")));
        await ReadAsync(client);

        // Part of a message gives no time.
        await client.GetStream().WriteAsync(new byte[] { 0 });
        _time.Advance(TimeSpan.FromMilliseconds(DnsServerLimits.IdleMs - 1));
        await client.GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")).AsMemory(1));
        (await ReadAsync(client)).Addresses.Length.ShouldBe(2);

        _time.Advance(TimeSpan.FromMilliseconds(DnsServerLimits.IdleMs));
        (await IsClosedAsync(client)).ShouldBeTrue();
    }

    [Fact]
    public async Task Tcp_MoreBytesThanTheLimit_EndTheConnection()
    {
        using TcpClient client = await ConnectAsync();
        byte[] question = Framed(Padded(DnsServerLimits.QuestionBytes));
        int most = DnsServerLimits.ConnectionBytes / question.Length;
        for (int i = 0; i <= most; i++)
        {
            await client.GetStream().WriteAsync(question);
            (await ReadAsync(client)).Addresses.Length.ShouldBe(2);
        }

        (await IsClosedAsync(client)).ShouldBeTrue();
    }

    [Fact]
    public async Task Tcp_MoreConnectionsOfAClientThanTheLimit_AreClosed()
    {
        var clients = new List<TcpClient>();
        for (int i = 0; i < DnsServerLimits.ConnectionsPerClient; i++)
        {
            clients.Add(await ConnectAsync());
            await clients[i].GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")));
            await ReadAsync(clients[i]);
        }

        using (TcpClient above = await ConnectAsync())
        {
            (await IsClosedAsync(above)).ShouldBeTrue();
        }

        // Another client has connections of its own.
        using TcpClient other = await ConnectAsync("127.0.0.2");
        await other.GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")));
        (await ReadAsync(other)).Addresses.Length.ShouldBe(2);
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Tcp_MoreConnectionsThanTheLimit_AreClosed()
    {
        var clients = new List<TcpClient>();
        for (int i = 0; i < DnsServerLimits.Connections; i++)
        {
            clients.Add(await ConnectAsync($"127.0.0.{2 + (i / DnsServerLimits.ConnectionsPerClient)}"));
            await clients[i].GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")));
            await ReadAsync(clients[i]);
        }

        using TcpClient above = await ConnectAsync();
        (await IsClosedAsync(above)).ShouldBeTrue();
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task Apply_OtherLivingNodes_ChangeAnswersAndSerial()
    {
        uint serial = _server.Serial;
        _server.Apply(_ => true);
        _server.Serial.ShouldBe(serial);

        _server.Apply(node => node != "lb-1");
        (await AskUdpAsync(_server.Address)).Addresses.ShouldBe(["203.0.113.2"]);
        _server.Serial.ShouldBe(serial + 1);

        _time.Advance(TimeSpan.FromSeconds(60));
        _server.Apply(_ => true);
        _server.Serial.ShouldBe(serial + 60);
        (await AskUdpAsync(_server.Address)).Addresses.Length.ShouldBe(2);
    }

    [Fact]
    public async Task Apply_OtherConfiguration_KeepsConnectionsAndWhoLives()
    {
        _server.Apply(node => node != "lb-1");
        uint serial = _server.Serial;
        using TcpClient client = await ConnectAsync();

        _server.Apply(ZoneUnderTest.Config() with { TtlSeconds = 9 });

        await client.GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")));
        (await ReadAsync(client)).Records.ShouldBe(["Answer www.lb.example.com 9 203.0.113.2"]);
        _server.Serial.ShouldBe(serial + 1);
        Should.Throw<ArgumentException>(() => _server.Apply(ZoneUnderTest.Config() with { Bind = BindAddress.Loopback(1) }));
    }

    [Fact]
    public async Task Start_WherePortIsTaken_SaysSoAndWorksOnceItIsFree()
    {
        ActiveActiveConfig config = ZoneUnderTest.Config() with { Bind = BindAddress.Loopback(_server.Address.Port) };
        using TcpClient client = await ConnectAsync();
        await client.GetStream().WriteAsync(Framed(ZoneUnderTest.Question("www.lb.example.com")));
        await ReadAsync(client);

        Should.Throw<IOException>(() => DnsServer.Start(config, _ => true, _time)).Message.ShouldContain("another program listens there");

        // The server closes first, so that a connection of the port goes on to linger in the kernel.
        await _server.DisposeAsync();
        await using DnsServer next = DnsServer.Start(config, _ => true, _time);
        (await AskUdpAsync(next.Address)).Addresses.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("192.0.2.77:0")]
    [InlineData("[2001:db8::77]:0")]
    public async Task Start_AddressThatThisMachineDoesNotHave_ListensOnlyWhereItMayCome(string address)
    {
        BindAddress.TryParse(address, out BindAddress? bind).ShouldBeTrue();
        ActiveActiveConfig config = ZoneUnderTest.Config() with { Bind = bind };

        Should.Throw<IOException>(() => DnsServer.Start(config, _ => true, _time)).Message.ShouldContain("this machine has no such address");
        await using DnsServer server = DnsServer.Start(config, _ => true, _time, mayBeAbsent: true);
        server.Address.Address.ShouldBe(bind!.Ip);
    }

    [Fact]
    public void Reason_PortThatNeedsARight_NamesIt() =>
        DnsSockets.Reason(new SocketException((int)SocketError.AccessDenied)).ShouldContain("CAP_NET_BIND_SERVICE");

    [Fact]
    public void Answers_NodesDie_HasThoseThatAreNamed()
    {
        _server.Answers.Nodes.ShouldBe(["lb-1", "lb-2"]);
        _server.Apply(node => node != "lb-2");
        _server.Answers.Nodes.ShouldBe(["lb-1"]);
        _server.Answers.Serial.ShouldBe(_server.Serial);

        // No answer is empty: one name has this node only.
        _server.Apply(node => node != "lb-1");
        _server.Answers.Nodes.ShouldBe(["lb-1", "lb-2"]);
        _server.Zone.ShouldBe("lb.example.com");
    }

    [Fact]
    public async Task WriteMetrics_AfterQuestions_HasThem()
    {
        await AskUdpAsync(_server.Address);
        var writer = new MetricLines();

        _server.WriteMetrics(writer);

        writer.Lines.ShouldContain("atlas_dns_server_questions_total{type=a,result=answered,transport=udp} 1");
        writer.Lines.ShouldContain($"atlas_dns_server_zone_serial{{}} {_server.Serial}");
        writer.Lines.ShouldContain("atlas_dns_server_limited_total{action=dropped} 0");
    }

    internal static byte[] Framed(byte[] message)
    {
        byte[] framed = new byte[message.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)message.Length);
        message.CopyTo(framed, 2);
        return framed;
    }

    // A question of so many bytes, by the padding option (RFC 7830).
    private static byte[] Padded(int bytes)
    {
        byte[] question = ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232);
        byte[] padded = new byte[bytes];
        question.CopyTo(padded, 0);
        int data = bytes - question.Length;
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(question.Length - 2), (ushort)data);
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(question.Length), 12);
        BinaryPrimitives.WriteUInt16BigEndian(padded.AsSpan(question.Length + 2), (ushort)(data - 4));
        return padded;
    }

    private static async Task<Reply> AskUdpAsync(IPEndPoint server) =>
        new(await ExchangeUdpAsync(server, ZoneUnderTest.Question("www.lb.example.com", udpBytes: 1232)));

    private static async Task<byte[]> ExchangeUdpAsync(IPEndPoint server, byte[] question)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(server, limit.Token);
        await socket.SendAsync(question, limit.Token);
        byte[] buffer = new byte[4096];
        return buffer[..await socket.ReceiveAsync(buffer, limit.Token)];
    }

    internal static async Task<Reply> ReadAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(Patience);
        byte[] head = new byte[2];
        await client.GetStream().ReadExactlyAsync(head, limit.Token);
        byte[] message = new byte[BinaryPrimitives.ReadUInt16BigEndian(head)];
        await client.GetStream().ReadExactlyAsync(message, limit.Token);
        return new Reply(message);
    }

    private static async Task<bool> IsClosedAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            return await client.GetStream().ReadAsync(new byte[1], limit.Token) == 0;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return true;
        }
    }

    private async Task<TcpClient> ConnectAsync(string from = "127.0.0.1")
    {
        var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(_server.Address);
        return client;
    }
}
