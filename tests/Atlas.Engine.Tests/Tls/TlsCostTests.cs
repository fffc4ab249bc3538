using System.Runtime.InteropServices;
using Atlas.Engine.Flows;
using Atlas.Engine.Streams;
using Atlas.Engine.Tls;
using Atlas.Simulation;

namespace Atlas.Engine.Tests.Tls;

/// <summary>What connections hold, and give back.</summary>
[Collection(nameof(AloneCollection))]
public sealed partial class TlsCostTests
{
    private const int Handshakes = 10_000;
    private const int Rounds = 5;
    private const int Messages = 2_000;

    [Fact]
    public void Handshake_AbortedAtEveryStage_LeavesNothingBehind()
    {
        using var server = new TlsServerContext(new TlsServerOptions
        {
            Certificates = [TestCertificates.ForOptions(TestCertificates.Server)],
            TicketKeys = new TlsTicketKeyRing(TlsTicketKeys.Random()),
        });
        using TlsClientContext client = TlsHandshakeTests.Client();
        using var sessions = new TlsClientSessions(client);
        int before = TlsLibrary.LiveConnections;
        long leastGrowth = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long bytes = AllocatedBytes();
            AbortAtEveryStage(Handshakes / Rounds, server, client, sessions, out int[] ends);
            TlsLibrary.LiveConnections.ShouldBe(before);
            ends.ShouldAllBe(count => count > 0, "each of the ends was met: " + string.Join(' ', ends));

            // The runtime allocates too, now and then: a leak would do so in every round.
            leastGrowth = Math.Min(leastGrowth, AllocatedBytes() - bytes);
        }

        leastGrowth.ShouldBeLessThan(Handshakes / Rounds * 50L, "native memory grew by that many bytes");
    }

    [Fact]
    public void Message_OnALiveConnection_AllocatesNothing()
    {
        using TlsServerContext server = TlsHandshakeTests.Server(TestCertificates.Server);
        using TlsClientContext client = TlsHandshakeTests.Client();
        TlsWorlds.Run(TlsWorlds.Tcp, async (near, far) =>
        {
            (TlsStream up, TlsStream down) = await TlsPair.ConnectAsync(near, far, client, server);
            Flow answering = AnswerAsync(down);
            byte[] buffer = new byte[20_000];
            await AskAsync(up, buffer, 200);
            await AskAsync(up, buffer, 200);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await AskAsync(up, buffer, Messages);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            up.Close();
            await answering;

            // A flow's box may be made anew; a message that allocated would show as many bytes as there are messages, and more.
            allocated.ShouldBeLessThan(Messages);
        });
    }

    private static async Flow AskAsync(TlsStream stream, byte[] buffer, int times)
    {
        for (int i = 0; i < times; i++)
        {
            stream.TrySend(buffer.AsSpan(0, 300), buffer.AsSpan(300, 700));
            int received = 0;
            while (received < 20_000)
            {
                int count = stream.TryReceive(buffer);
                if (count > 0)
                {
                    received += count;
                }
                else
                {
                    await stream.ReceiveReadyAsync();
                }
            }
        }
    }

    private static async Flow AnswerAsync(TlsStream stream)
    {
        byte[] buffer = new byte[20_000];
        int asked = 0;
        while (true)
        {
            int count = stream.TryReceive(buffer);
            if (count == ByteStream.WouldBlock)
            {
                await stream.ReceiveReadyAsync();
                continue;
            }

            if (count <= 0)
            {
                stream.Close();
                return;
            }

            for (asked += count; asked >= 1000; asked -= 1000)
            {
                for (int sent = 0; sent < buffer.Length;)
                {
                    int taken = stream.TrySend(buffer.AsSpan(sent));
                    sent += Math.Max(taken, 0);
                    if (sent < buffer.Length)
                    {
                        await stream.SendReadyAsync();
                    }
                }
            }
        }
    }

    private static void AbortAtEveryStage(int times, TlsServerContext server, TlsClientContext client, TlsClientSessions sessions, out int[] ends)
    {
        var world = new SimulatedWorld(7, SimulationOptions.Rough with { MaxPiece = 700 });
        SimulatedLoop loop = world.AddLoop();
        int done = 0;
        int[] counts = new int[5];
        for (int i = 0; i < times; i++)
        {
            (SimulatedStream near, SimulatedStream far) = world.Connect(loop, loop);
            AcceptAsync(far, i).Detach();
            ConnectAsync(near, i).Detach();
            world.Run(() => done == 2 * (i + 1));
        }

        world.RunFor(TlsStream.LingerMs + 1000);
        world.AssertClean();
        ends = counts;

        // Some give up, some are cut off, some end as soon as they can, some talk.
        async Flow AcceptAsync(ByteStream far, int i)
        {
            long deadlineMs = loop.NowMs + (i % 5 == 0 ? loop.Random.Next(12) : 1000);
            if (i % 5 == 1)
            {
                world.After(loop.Random.Next(12), far.Abort);
            }

            TlsHandshake handshake = await TlsStream.AcceptAsync(far, server, [], deadlineMs);
            await EndAsync(handshake, far, i);
        }

        async Flow ConnectAsync(ByteStream near, int i)
        {
            if (i % 5 == 2)
            {
                world.After(loop.Random.Next(12), near.Close);
            }

            TlsHandshake handshake = await TlsStream.ConnectAsync(near, client, i % 4 != 0 ? sessions : null, "localhost", loop.NowMs + 1000);
            await EndAsync(handshake, near, i);
        }

        async Flow EndAsync(TlsHandshake handshake, ByteStream inner, int i)
        {
            counts[handshake.Failure switch
            {
                TlsFailure.None => 0,
                TlsFailure.TimedOut => 1,
                TlsFailure.Cancelled => 2,
                _ => 3,
            }]++;
            if (handshake.Stream is TlsStream stream)
            {
                stream.TrySend([1]);
                if (i % 2 == 0 && await stream.ReceiveReadyAsync(loop.NowMs + 20) == WaitResult.Ready)
                {
                    counts[4]++;
                    stream.TryReceive(new byte[10]);
                }

                if (i % 7 == 0)
                {
                    stream.Abort();
                }

                stream.Close();
            }

            inner.Close();
            done++;
        }
    }

    private static long AllocatedBytes() => (long)(Mallinfo2().Allocated + Mallinfo2().Mapped);

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial MallocUse Mallinfo2();

    // malloc.h: struct mallinfo2, ten numbers; uordblks is the eighth, hblkhd the fifth.
    [StructLayout(LayoutKind.Sequential)]
    private struct MallocUse
    {
        public nuint First;
        public nuint Second;
        public nuint Third;
        public nuint Fourth;
        public nuint Mapped;
        public nuint Sixth;
        public nuint Seventh;
        public nuint Allocated;
        public nuint Ninth;
        public nuint Tenth;
    }
}
