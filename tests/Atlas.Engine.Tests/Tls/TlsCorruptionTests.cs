using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Somebody on the way changes a byte: wherever it is, both sides come to an end, and no wrong byte gets through.</summary>
[Collection(nameof(AloneCollection))]
public sealed class TlsCorruptionTests
{
    private const int Seeds = 400;

    // A handshake and the bytes after it have about that many, each way.
    private const int Bytes = 1600;

    [Theory]
    [InlineData(TlsVersion.Tls12)]
    [InlineData(TlsVersion.Tls13)]
    public void Handshake_OneByteIsChanged_NothingWrongArrivesAndNothingIsLeft(TlsVersion version)
    {
        using TlsServerContext server = TlsHandshakeTests.Server(TestCertificates.Server, alpn: "h2");
        using TlsClientContext client = TlsHandshakeTests.Client(version: version, alpn: "h2");
        int before = TlsLibrary.LiveConnections;
        var failures = new HashSet<TlsFailure>();
        for (int seed = 0; seed < Seeds; seed++)
        {
            var world = new SimulatedWorld(seed, SimulationOptions.Rough with { MaxPiece = 500 });
            SimulatedLoop loop = world.AddLoop();
            (SimulatedStream near, SimulatedStream nearMiddle) = world.Connect(loop, loop);
            (SimulatedStream farMiddle, SimulatedStream far) = world.Connect(loop, loop);
            bool isUp = loop.Random.Next(2) == 0;
            int place = loop.Random.Next(Bytes);
            int running = 4;
            Relay(nearMiddle, farMiddle, isUp ? place : -1).Detach();
            Relay(farMiddle, nearMiddle, isUp ? -1 : place).Detach();
            Client().Detach();
            Server().Detach();
            world.Run(() => running == 0, maxMs: 600_000);
            world.RunFor(TlsStream.LingerMs + 1000);
            world.AssertClean();

            async Flow Client()
            {
                TlsHandshake handshake = await TlsStream.ConnectAsync(near, client, null, "localhost", loop.NowMs + 5000);
                await TalkAsync(handshake, near, world);
                running--;
            }

            async Flow Server()
            {
                TlsHandshake handshake = await TlsStream.AcceptAsync(far, server, [], loop.NowMs + 5000);
                await TalkAsync(handshake, far, world);
                running--;
            }

            async Flow Relay(SimulatedStream from, SimulatedStream to, int changed)
            {
                byte[] buffer = new byte[300];
                int passed = 0;
                int received;
                while ((received = await StreamCalls.ReceiveSomeAsync(from, buffer)) > 0)
                {
                    if (changed >= passed && changed < passed + received)
                    {
                        buffer[changed - passed] ^= (byte)(1 << loop.Random.Next(8));
                    }

                    passed += received;
                    if (!await StreamCalls.SendAllAsync(to, buffer[..received]))
                    {
                        break;
                    }
                }

                to.Close();
                running--;
            }
        }

        TlsLibrary.LiveConnections.ShouldBe(before);
        failures.Count.ShouldBeGreaterThan(2, "the change was met in several ways");

        async Flow TalkAsync(TlsHandshake handshake, ByteStream inner, SimulatedWorld world)
        {
            failures.Add(handshake.Failure);
            if (handshake.Stream is TlsStream stream)
            {
                byte[] sent = Streams.StreamCalls.Pattern(300);
                await StreamCalls.SendAllAsync(stream, sent);
                byte[] buffer = new byte[1000];
                int total = 0;
                long endMs = world.NowMs + 5000;
                while (total < sent.Length)
                {
                    int received = stream.TryReceive(buffer.AsSpan(total));
                    if (received > 0)
                    {
                        total += received;
                    }
                    else if (received != ByteStream.WouldBlock || await stream.ReceiveReadyAsync(endMs) != WaitResult.Ready)
                    {
                        break;
                    }
                }

                buffer.AsSpan(0, total).SequenceEqual(sent.AsSpan(0, total)).ShouldBeTrue();
                stream.Close();
            }

            inner.Close();
        }
    }
}
