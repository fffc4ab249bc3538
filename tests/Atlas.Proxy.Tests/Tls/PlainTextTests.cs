using System.Text.Json;
using Atlas.Core.Configuration;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Tls;
using Atlas.Engine.Tls;
using Atlas.Protocols.Http2;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Tests.Logging;
using Atlas.Proxy.Tests.Sessions;
using Atlas.Simulation;

namespace Atlas.Proxy.Tests.Tls;

/// <summary>Clients without TLS at a port that has it.</summary>
public sealed class PlainTextTests : IDisposable
{
    private const int LongMs = 10_000;

    private readonly TlsServerContext _server = new(new TlsServerOptions
    {
        Certificates = [TestCertificates.ForOptions(TestCertificates.Server)], TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
    });

    public void Dispose() => _server.Dispose();

    [Fact]
    public void Log_OfARequest_SaysWhyItWasRefused() =>
        Check("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), "HTTP without TLS");

    [Fact]
    public void Log_OfAConnectionOfHttp2_SaysWhyItWasRefused() => Check([.. Http2Connection.Preface], "HTTP/2 without TLS");

    private void Check(byte[] request, string detail)
    {
        var destination = new CollectingDestination();
        var log = new AccessLog(destination, "test", 1, 1 << 18, _ => { });
        var world = new ProxyWorld(
            1,
            SimulationOptions.Calm,
            listener: front => front with { Tls = _server, AccessLog = [log.Writer(0, AccessLogFormat.Json)] });
        int received = 0;
        world.Run(async () =>
        {
            (ByteStream client, WireReader reader) = await world.ConnectAsync();
            await client.SendAllAsync(request);
            received = (await reader.ToEndAsync()).Length;
            client.Close();
        });
        log.Stop(LongMs).ShouldBeTrue();
        JsonElement line = JsonDocument.Parse(destination.Lines.ShouldHaveSingleItem()).RootElement;
        line.GetProperty("status").GetInt32().ShouldBe(400);
        line.GetProperty("flag").GetString().ShouldBe("BR");
        line.GetProperty("detail").GetString().ShouldBe(detail);
        line.GetProperty("bytes_sent").GetInt32().ShouldBe(received);
    }
}
