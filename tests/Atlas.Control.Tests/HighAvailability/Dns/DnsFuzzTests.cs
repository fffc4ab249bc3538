using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>Messages of any kind: none throws, and none brings more than its size allows.</summary>
public sealed class DnsFuzzTests(ITestOutputHelper output)
{
    private const int Messages = 100_000;

    private static readonly byte[][] Seeds =
    [
        ZoneUnderTest.Question("www.lb.example.com", DnsType.A, 1232, options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]),
        ZoneUnderTest.Question("lb.example.com", DnsType.Ns, 4096),
        ZoneUnderTest.Question("x.lb.example.com", DnsType.Any),
        ZoneUnderTest.Question("example.com", DnsType.Soa, 512),
    ];

    [Fact]
    public void Respond_RandomAndChangedMessages_AreAnsweredWithinTheirSize()
    {
        int seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var zone = new ZoneUnderTest();
        byte[] buffer = new byte[16_384];
        int answers = 0;
        for (int i = 0; i < Messages; i++)
        {
            byte[] message = Next(random);
            int length = zone.Send(message, isTcp: false, buffer);
            if (length == 0)
            {
                continue;
            }

            answers++;
            DnsQuery query = DnsQuery.Read(message);
            int size = query.HasEdns ? Math.Min((int)query.Edns.UdpBytes, 1232) : 512;
            length.ShouldBeLessThanOrEqualTo(size, $"seed {seed}, message {i}: {Convert.ToHexString(message)}");
            var reply = new Reply(buffer[..length]);
            reply.Header.Id.ShouldBe((ushort)((message[0] << 8) | message[1]));
            if (!reply.Header.IsAuthoritative)
            {
                // What is no answer of the zone is no larger than the question, but for a cookie of the server.
                length.ShouldBeLessThanOrEqualTo(message.Length + 16, $"seed {seed}, message {i}: {Convert.ToHexString(message)}");
            }
        }

        answers.ShouldBeGreaterThan(Messages / 100);
    }

    private static byte[] Next(Random random)
    {
        if (random.Next(4) == 0)
        {
            byte[] any = new byte[random.Next(300)];
            random.NextBytes(any);
            return any;
        }

        byte[] message = [.. Seeds[random.Next(Seeds.Length)]];
        for (int changes = random.Next(4); changes > 0; changes--)
        {
            message[random.Next(message.Length)] = (byte)random.Next(256);
        }

        return random.Next(4) == 0 ? message[..random.Next(message.Length)] : message;
    }
}
