using System.Security.Cryptography;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Bodies;

/// <summary>Bodies far larger than any buffer, with a receiver that does not take them for a while.</summary>
public sealed class LargeBodyTests
{
    private const int Megabyte = 1024 * 1024;
    private const int Bytes = 64 * Megabyte;

    // What the kernel's four socket buffers may hold between two ends that do not read, at most.
    private const int KernelBytes = 32 * Megabyte;
    private const int ProxyBytes = Megabyte;

    private static readonly byte[] Piece = RandomNumberGenerator.GetBytes(64 * 1024 + 7);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_ToASlowReader_HoldsTheServerBack(bool chunked)
    {
        var sender = new Sender();
        await using var server = new RecordingServer(async (self, connection) =>
        {
            await self.ReadRequestAsync(connection);
            await connection.SendAsync(
                "HTTP/1.1 200 OK\r\n" + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {Bytes}\r\n\r\n"));
            await sender.SendAsync(connection, chunked);
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync(receiveBuffer: 64 * 1024);
        client.Records = false;
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await WireMessage.ReadHeadAsync(client);

        await sender.UntilStalledAsync();
        sender.Sent.ShouldBeLessThan(KernelBytes);
        byte[] hash = await client.TakeHashAsync(Bytes, chunked);

        hash.ShouldBe(sender.Hash);
        atlas.AllocatedBytes.ShouldBeLessThan(ProxyBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_ToASlowServer_HoldsTheClientBack(bool chunked)
    {
        using var go = new SemaphoreSlim(0);
        byte[] received = [];
        await using var server = new RecordingServer(async (_, connection) =>
        {
            connection.Records = false;
            await WireMessage.ReadHeadAsync(connection);
            await go.WaitAsync(WireConnection.Deadline);
            received = await connection.TakeHashAsync(Bytes, chunked);
            await connection.SendAsync(RecordingServer.Response("ok"));
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();
        await client.SendAsync(
            "POST / HTTP/1.1\r\nHost: a\r\n" + (chunked ? "Transfer-Encoding: chunked\r\n\r\n" : $"Content-Length: {Bytes}\r\n\r\n"));
        var sender = new Sender();
        Task sending = sender.SendAsync(client, chunked);

        await sender.UntilStalledAsync();
        sender.Sent.ShouldBeLessThan(KernelBytes);
        go.Release();
        await sending;

        (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
        received.ShouldBe(sender.Hash);
        atlas.AllocatedBytes.ShouldBeLessThan(ProxyBytes);
    }

    [Fact]
    public async Task Chunks_OfOddSizes_ArriveWholeBothWays()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        string body = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"{i} "));
        await using var server = new RecordingServer(async (self, connection) =>
        {
            while (await self.ReadRequestAsync(connection) is { } request)
            {
                await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks(request.Body, new Random(seed + 1)));
            }
        });
        await using var atlas = new RunningAtlas(server);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < 3; i++)
        {
            Task sending = client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + Chunks(body, random));
            WireMessage response = (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull($"seed {seed}");
            await sending;
            response.IsComplete.ShouldBeTrue($"seed {seed}");
            (response.Body == body).ShouldBeTrue($"seed {seed}");
        }
    }

    private static string Chunks(string body, Random random)
    {
        var text = new System.Text.StringBuilder();
        int at = 0;
        while (at < body.Length)
        {
            int size = Math.Min(body.Length - at, random.Next(4) == 0 ? random.Next(1, 40_000) : random.Next(1, 40));
            text.Append(size.ToString(random.Next(2) == 0 ? "x" : "X4", System.Globalization.CultureInfo.InvariantCulture));
            text.Append("\r\n").Append(body, at, size).Append("\r\n");
            at += size;
        }

        return text.Append("0\r\n\r\n").ToString();
    }

    /// <summary>Sends the whole body and tells how far it is.</summary>
    private sealed class Sender
    {
        private long _sent;

        public long Sent => Interlocked.Read(ref _sent);

        public byte[] Hash { get; private set; } = [];

        public async Task SendAsync(WireConnection to, bool chunked)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (long left = Bytes; left > 0;)
            {
                ReadOnlyMemory<byte> part = Piece.AsMemory(0, (int)Math.Min(left, Piece.Length));
                hash.AppendData(part.Span);
                left -= part.Length;
                Hash = left == 0 ? hash.GetHashAndReset() : [];
                if (chunked)
                {
                    await to.SendAsync($"{part.Length:x}\r\n");
                }

                await to.SendAsync(part);
                Interlocked.Add(ref _sent, part.Length);
                if (chunked)
                {
                    await to.SendAsync(left == 0 ? "\r\n0\r\n\r\n" : "\r\n");
                }
            }
        }

        /// <summary>Waits until nothing more is taken: unchanged in several looks, some time apart.</summary>
        public async Task UntilStalledAsync()
        {
            long last = -1;
            for (int same = 0; same < 5;)
            {
                await Task.Delay(20);
                same = Sent == last && last > 0 ? same + 1 : 0;
                last = Sent;
            }
        }
    }
}
