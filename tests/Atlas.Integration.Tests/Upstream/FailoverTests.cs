using System.Diagnostics;
using System.Globalization;
using System.Net;
using Atlas.Integration.Tests.Wire;

namespace Atlas.Integration.Tests.Upstream;

/// <summary>Servers that are gone, and one that dies under load.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task Request_ToAServerThatRefuses_GoesToTheNext()
    {
        await using var a = new RecordingServer(name: "A");
        await using var b = new RecordingServer(name: "B");
        a.StopListening();
        await using var atlas = new RunningAtlas(a, b);
        using WireConnection client = await atlas.ConnectAsync();

        for (int i = 0; i < 10; i++)
        {
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
            (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Body.ShouldBe("B");
        }

        b.Requests.Count.ShouldBe(10);
        b.Requests.ShouldAllBe(request => request.Body == "hello");
    }

    [Fact]
    public async Task Request_WithEveryServerRefusing_Is502()
    {
        await using var a = new RecordingServer(name: "A");
        await using var b = new RecordingServer(name: "B");
        a.StopListening();
        b.StopListening();
        await using var atlas = new RunningAtlas(a, b);

        WireMessage response = await atlas.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        response.Status.ShouldBe(502);
        response["proxy-status"].ShouldBe("atlas; error=connection_refused");
    }

    [Fact]
    public async Task Post_OnAFreshConnectionThatCloses_IsSentOnce()
    {
        await using var server = new RecordingServer(async (self, connection) => await self.ReadRequestAsync(connection));
        await using var other = new RecordingServer(async (self, connection) => await self.ReadRequestAsync(connection));
        await using var atlas = new RunningAtlas(server, other);

        WireMessage response = await atlas.AskAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");

        response.Status.ShouldBe(502);
        (server.Requests.Count + other.Requests.Count).ShouldBe(1);
    }

    [Fact]
    public async Task Kill_OfOneOfThreeServersUnderLoad_FailsNoGet()
    {
        Process[] servers = [.. Enumerable.Range(0, 3).Select(_ => new Process())];
        try
        {
            var addresses = new List<(string Name, IPEndPoint Address)>();
            foreach (Process server in servers)
            {
                string name = $"S{addresses.Count}";
                addresses.Add((name, await StartServerAsync(server, name)));
            }

            await using var atlas = new RunningAtlas(new AtlasOptions(), addresses);
            int answered = 0;
            Task[] lanes = [.. Enumerable.Range(0, 8).Select(async _ =>
            {
                using WireConnection client = await atlas.ConnectAsync();
                for (int i = 0; i < 300; i++)
                {
                    await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                    (await WireMessage.ReadResponseAsync(client)).ShouldNotBeNull().Status.ShouldBe(200);
                    Interlocked.Increment(ref answered);
                }
            })];
            await atlas.UntilAsync(() => Volatile.Read(ref answered) > 300, "no load");
            servers[1].Kill();
            await Task.WhenAll(lanes);
            answered.ShouldBe(8 * 300);
        }
        finally
        {
            foreach (Process server in servers)
            {
                server.Kill();
                server.Dispose();
            }
        }
    }

    /// <summary>Starts <c>atlas server</c> on a port of the kernel's choice, which it prints.</summary>
    private static async Task<IPEndPoint> StartServerAsync(Process process, string name)
    {
        process.StartInfo = new ProcessStartInfo(Program.Path, ["server", "--bind", "127.0.0.1:0", "--name", name])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        process.Start();
        string line = (await process.StandardError.ReadLineAsync().WaitAsync(WireConnection.Deadline)).ShouldNotBeNull();
        int colon = line.LastIndexOf(':');
        return new IPEndPoint(IPAddress.Loopback, int.Parse(line.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}
