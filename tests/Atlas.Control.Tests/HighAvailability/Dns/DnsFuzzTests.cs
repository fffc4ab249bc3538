using Atlas.Protocols.Dns;

namespace Atlas.Control.Tests.HighAvailability.Dns;

/// <summary>Messages of any kind: none throws, and none brings more than its size allows.</summary>
public sealed class DnsFuzzTests(ITestOutputHelper output)
{
    private const int Messages = 100_000;

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
            byte[] message = MutatedQuestions.Next(random);
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
}
