using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>Messages of any kind: random bytes, and questions with bytes changed or cut off.</summary>
internal static class MutatedQuestions
{
    private static readonly byte[][] Seeds =
    [
        ZoneUnderTest.Question("www.lb.example.com", DnsType.A, 1232, options: [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8]),
        ZoneUnderTest.Question("lb.example.com", DnsType.Ns, 4096),
        ZoneUnderTest.Question("x.lb.example.com", DnsType.Any),
        ZoneUnderTest.Question("example.com", DnsType.Soa, 512),
    ];

    internal static byte[] Next(Random random)
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
