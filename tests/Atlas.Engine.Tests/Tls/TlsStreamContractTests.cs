using System.Net;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tests.Streams;
using Atlas.Engine.Tls;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Tls;

/// <summary>The contract of streams, kept by TLS over the kinds that are there.</summary>
public abstract class TlsStreamContract : StreamContract, IDisposable
{
    private readonly TlsServerContext _server = new(new TlsServerOptions
    {
        Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
    });

    private readonly TlsClientContext _client;

    protected TlsStreamContract(TlsVersion version) =>
        _client = new TlsClientContext(new TlsClientOptions { CaPem = TestCertificates.AuthorityPem, MaxVersion = version });

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
    }

    protected override async ResultFlow<(ByteStream Near, ByteStream Far)> PairAsync(IStreamWorld world)
    {
        (ByteStream near, ByteStream far) = await StreamPair.ConnectAsync(world);
        return await TlsPair.ConnectAsync(near, far, _client, _server);
    }
}

public sealed class TlsOverTcpTests() : TlsStreamContract(TlsVersion.Tls13)
{
    protected override IEnumerable<IStreamWorld> Worlds() => [new SocketWorld(IPAddress.Loopback)];
}

public sealed class Tls12OverTcpTests() : TlsStreamContract(TlsVersion.Tls12)
{
    protected override IEnumerable<IStreamWorld> Worlds() => [new SocketWorld(IPAddress.Loopback)];
}

public sealed class TlsOverSimulatedTests() : TlsStreamContract(TlsVersion.Tls13)
{
    private const int Seeds = 10;

    protected override IEnumerable<IStreamWorld> Worlds() =>
        Enumerable.Range(0, Seeds)
            .Select(seed => new SimulatedStreamWorld(seed, SimulationOptions.Rough with { MaxPiece = 8192 }))
            .Append(new SimulatedStreamWorld(Seeds, SimulationOptions.Calm));
}
