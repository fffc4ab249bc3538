using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Tests.Logging;
using Atlas.Proxy.Udp;

namespace Atlas.Proxy.Tests.Udp;

/// <summary>Datagrams that nobody should have sent, and what the log says of sessions.</summary>
public sealed class UdpFaultTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Datagram_FromPort0OrTheListenerItself_IsDropped(bool isLoop)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a raw socket needs root");
        using var world = new UdpWorld();
        int port = world.Bound.Address.Port;
        using var raw = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        raw.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        // RFC 768: ports, length, no checksum.
        byte[] datagram = new byte[9];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, (ushort)(isLoop ? port : 0));
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), (ushort)port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        raw.SendTo(datagram, new IPEndPoint(IPAddress.Loopback, 0));

        UdpWorld.Eventually(() => world.Metrics.Dropped(isLoop ? UdpDrop.Loop : UdpDrop.Source) == 1);
        world.Metrics.Received.ShouldBe(1);
        world.Metrics.Created.ShouldBe(0);
    }

    [Fact]
    public void Session_ThatEnds_IsALineOfTheLog()
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", workers: 1, 1 << 18, _ => { });
        using (var world = new UdpWorld(servers: 2))
        {
            world.Servers[0].Close();
            world.Configure(snapshot => snapshot with { Responses = 1, AccessLog = [log.Writer(0, AccessLogFormat.Json)] });
            world.Exchange(world.NewClient(), 1, "hello");
            UdpWorld.Eventually(() => world.Metrics.Ended(UdpEnd.Answered) == 1);
            log.Stop(30_000).ShouldBeTrue();
        }

        using JsonDocument json = JsonDocument.Parse(destination.Lines.ShouldHaveSingleItem());
        JsonElement line = json.RootElement;
        line.GetProperty("protocol").GetString().ShouldBe("udp");
        line.GetProperty("client_ip").GetString().ShouldBe("127.0.0.1");
        line.GetProperty("listener").GetString().ShouldBe("udp");
        line.GetProperty("pool").GetString().ShouldBe("pool");
        line.GetProperty("server").GetString().ShouldBe("s1");
        line.GetProperty("end").GetString().ShouldBe("answered");
        line.GetProperty("attempts").GetInt32().ShouldBe(2);
        line.GetProperty("failed_tries").GetString().ShouldBe("s0=CF");
        line.GetProperty("datagrams_received").GetInt64().ShouldBe(1);
        line.GetProperty("datagrams_sent").GetInt64().ShouldBe(1);
        line.GetProperty("bytes_received").GetInt64().ShouldBe(5);
        line.GetProperty("bytes_sent").GetInt64().ShouldBe(6);
        line.GetProperty("timers").GetProperty("Tr").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        line.GetProperty("timers").GetProperty("Tt").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
    }
}
