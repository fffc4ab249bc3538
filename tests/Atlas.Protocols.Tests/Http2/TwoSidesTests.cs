using System.Globalization;
using Atlas.Protocols.Http2;
using CsCheck;

namespace Atlas.Protocols.Tests.Http2;

/// <summary>
/// A client and a server talk to each other through queues of bytes that are cut at random, with random heads, bodies, and
/// trailers, small windows, and readers that take their time: everything arrives as it was sent, and each side finds that the
/// other keeps to its windows.
/// </summary>
public sealed class TwoSidesTests
{
    private const int MostSteps = 20_000;

    [Fact]
    public void Messages_ThroughRandomSplits_ArriveAsTheyWereSent() =>
        Gen.Int.Sample(seed => Talk(new Random(seed)), iter: 30);

    private static void Talk(Random random)
    {
        Talker client = new(Http2Role.Client, Limits(random), random);
        Talker server = new(Http2Role.Server, Limits(random), random);
        List<Talker.Message> messages = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Create(random))];
        int sent = 0;
        int pings = 0;
        int steps = 0;
        do
        {
            // Before the server's settings came, it may refuse what is more than they allow (RFC 9113 5.1.2).
            bool maySend = client.Connection.HasPeerSettings && sent < messages.Count;
            if (maySend && random.Next(3) == 0 && client.TrySend(messages[sent]))
            {
                sent++;
            }

            if (pings < 5 && random.Next(20) == 0)
            {
                pings++;
                client.Connection.Ping((ulong)pings);
            }

            client.Pump(Room(random), server);
            server.Take(random.Next(30_000));
            server.Consume(server.Done);
            server.Pump(Room(random), client);
            client.Take(random.Next(30_000));
            client.Consume(messages);
            (++steps).ShouldBeLessThan(MostSteps);
        }
        while (sent < messages.Count || client.HasWork || server.HasWork);

        (client.Resets + server.Resets).ShouldBe(0);
        client.Pongs.ShouldBe(pings);
        for (int i = 0; i < messages.Count; i++)
        {
            Talker.Message message = messages[i];
            Talker.Message request = server.Done.Single(x => x.ReceivedHead.StartsWith(FirstLine(message.Head), StringComparison.Ordinal));
            Lines(request.ReceivedHead).ShouldBe(Lines(message.Head));
            request.Received.SequenceEqual(message.Body).ShouldBeTrue();
            request.ReceivedTrailers.ShouldBe(message.TrailerText);
            Lines(message.ReceivedHead).ShouldBe(Lines(request.Head).Prepend("link: x"));
            message.Received.SequenceEqual(message.Body).ShouldBeTrue();
            message.ReceivedTrailers.ShouldBe(message.TrailerText);
        }
    }

    private static Http2Limits Limits(Random random) => Http2Limits.Default with
    {
        Streams = random.Next(1, 8),
        StreamWindow = random.Next(65_535, 80_000),
        ConnectionWindow = random.Next(65_535, 120_000),
    };

    private static int Room(Random random) => random.Next(4) == 0 ? random.Next(1, 600) : random.Next(600, 40_000);

    private static Talker.Message Create(Random random)
    {
        List<string> lines = [$"POST /{random.NextInt64().ToString(CultureInfo.InvariantCulture)} HTTP/1.1", "host: example.com"];
        for (int i = random.Next(10); i > 0; i--)
        {
            lines.Add($"x-{random.Next(5)}: {new string((char)('!' + random.Next(90)), random.Next(1, random.Next(8) == 0 ? 3000 : 30))}");
        }

        byte[] body = new byte[random.Next(4) == 0 ? 0 : random.Next(random.Next(2) == 0 ? 200 : 200_000)];
        random.NextBytes(body);
        return new Talker.Message
        {
            Head = string.Join("\r\n", lines) + "\r\n\r\n",
            Body = body,
            TrailerText = random.Next(3) == 0 ? $"x-sum: {random.Next()}\r\n\r\n" : "",
        };
    }

    private static string FirstLine(string head) => head[..head.IndexOf('\r', StringComparison.Ordinal)];

    // The fields, but for those by which HTTP/1.1 says how the content ends.
    private static IEnumerable<string> Lines(string head) =>
        head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)
            .Where(x => x.Contains(": ", StringComparison.Ordinal))
            .Where(x => x is not ("transfer-encoding: chunked" or "content-length: 0"));
}
