using System.Net.Sockets;
using System.Text;
using Atlas.Control.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tests.Health;

/// <summary>Probes of servers that ask for a PROXY protocol header: it says that no client is behind the connection.</summary>
public sealed class ProbeProxyHeaderTests
{
    private const string V1 = "PROXY UNKNOWN\r\n";
    private const string V2 = "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";

    [Theory]
    [InlineData(ProxyProtocolVersion.V1, V1)]
    [InlineData(ProxyProtocolVersion.V2, V2)]
    public async Task Http_Probe_OpensWithTheHeader(ProxyProtocolVersion version, string header)
    {
        (string received, ProbeResult result) = await RunAsync(
            address => new HttpProbe(address, new HealthCheckConfig(), "x", version),
            header.Length + 4,
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

        received.ShouldBe(header + "GET ");
        result.ShouldBe(ProbeResult.Good("http 200"));
    }

    [Theory]
    [InlineData(ProxyProtocolVersion.V1, V1)]
    [InlineData(ProxyProtocolVersion.V2, V2)]
    public async Task Tcp_Probe_SendsTheHeaderAlone(ProxyProtocolVersion version, string header)
    {
        (string received, ProbeResult result) = await RunAsync(address => new TcpProbe(address, version), 100, "");

        received.ShouldBe(header);
        result.ShouldBe(ProbeResult.Good("connected"));
    }

    [Fact]
    public async Task Grpc_Probe_OpensWithTheHeader()
    {
        (string received, _) = await RunAsync(
            address => new GrpcProbe(address, new HealthCheckConfig(), "x", ProxyProtocolVersion.V2), V2.Length + 14, "");

        received.ShouldBe(V2 + "PRI * HTTP/2.0");
    }

    [Fact]
    public void Subjects_WithOtherHeaders_DoNotShareAProbe()
    {
        ServerAddress.TryParse("127.0.0.1:80", out ServerAddress? address).ShouldBeTrue();
        var plain = new ProbeTarget("a", "s", address!, new HealthCheckConfig());

        plain.Subject.ShouldBe((plain with { Pool = "b" }).Subject);
        plain.Subject.ShouldNotBe((plain with { ProxyProtocol = ProxyProtocolVersion.V2 }).Subject);
    }

    /// <summary>Runs a probe against a server that reads so many bytes, or to the end, and answers.</summary>
    private static async Task<(string Received, ProbeResult Result)> RunAsync(
        Func<ServerAddress, IProbe> make, int length, string response)
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        ServerAddress.TryParse(listener.LocalEndpoint.ToString()!, out ServerAddress? address).ShouldBeTrue();
        using IProbe probe = make(address!);
        Task<ProbeResult> running = probe.RunAsync(CancellationToken.None);
        byte[] received = new byte[length];
        int count;
        using (TcpClient client = await listener.AcceptTcpClientAsync().WaitAsync(Until.Limit))
        {
            NetworkStream stream = client.GetStream();
            count = await stream.ReadAtLeastAsync(received, length, throwOnEndOfStream: false).AsTask().WaitAsync(Until.Limit);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(response));

            // Closing with bytes unread would reset the connection, and the response with it.
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null).WaitAsync(Until.Limit);
        }

        return (Encoding.Latin1.GetString(received, 0, count), await running.WaitAsync(Until.Limit));
    }
}
