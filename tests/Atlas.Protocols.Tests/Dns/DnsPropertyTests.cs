using Atlas.Protocols.Dns;
using CsCheck;

namespace Atlas.Protocols.Tests.Dns;

public sealed class DnsPropertyTests
{
    private static readonly Gen<string> Label = Gen.Char["abAB01-_"].Array[1, 12].Select(x => new string(x));

    private static readonly Gen<DnsName> Name = Label.Array[1, 8].Select(labels => Names.Of(string.Join('.', labels)));

    [Fact]
    public void Message_WrittenAndRead_IsTheSame() =>
        Gen.Select(Name, Gen.Select(Name, Gen.UInt, Gen.Byte.Array[4]).Array[0, 100], Gen.UShort).Sample((asked, records, id) =>
        {
            byte[] buffer = new byte[8_192];
            var writer = new DnsMessageWriter(buffer, new DnsHeader(id, IsResponse: true));
            writer.TryWriteQuestion(new DnsQuestion(asked, DnsType.A)).ShouldBeTrue();
            int fit = 0;
            foreach ((DnsName name, uint ttl, byte[] address) in records)
            {
                if (!writer.TryWriteAddress(DnsSection.Answer, name, ttl, address))
                {
                    break;
                }

                fit++;
            }

            DnsMessageReader.TryBegin(buffer.AsSpan(0, writer.Length), out DnsMessageReader reader).ShouldBeTrue();
            reader.TryReadQuestion(out DnsQuestion question).ShouldBeTrue();
            question.Name.ShouldBe(asked);
            foreach ((DnsName name, uint ttl, byte[] address) in records.Take(fit))
            {
                reader.TryReadRecord(out DnsRecord record).ShouldBeTrue();
                record.ReadName().ShouldBe(name);
                record.TtlSeconds.ShouldBe(ttl > DnsLimits.MaxTtlSeconds ? 0 : ttl);
                record.TryReadAddress(out ReadOnlySpan<byte> read).ShouldBeTrue();
                read.SequenceEqual(address).ShouldBeTrue();
            }

            reader.IsAtEnd.ShouldBeTrue();
        });

    [Fact]
    public void Reader_AnyBytes_EndsWithoutThrowing() => Gen.Byte.Array[0, 300].Sample(bytes => Drain(bytes));

    [Fact]
    public void Reader_MessageWithBytesChanged_EndsWithoutThrowing() =>
        Gen.Select(Gen.Int[0, 1_000], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            byte[] buffer = new byte[1232];
            int length = DnsMessageTests.Everything(buffer);
            foreach ((int at, byte value) in changes)
            {
                buffer[at % length] = value;
            }

            Drain(buffer.AsSpan(0, length));
        });

    private static void Drain(ReadOnlySpan<byte> message)
    {
        if (!DnsMessageReader.TryBegin(message, out DnsMessageReader reader))
        {
            return;
        }

        int read = 0;
        while (reader.TryReadRecord(out DnsRecord record))
        {
            read++;
            int offset = 0;
            record.ReadName().Wire.Length.ShouldBeLessThanOrEqualTo(DnsLimits.NameBytes);
            _ = record.TryReadAddress(out _) || record.TryReadTarget(out _) || record.TryReadSrv(out _) || record.TryReadSoa(out _)
                || record.TryReadText(ref offset, out _) || record.TryReadEdns(out _);
        }

        // A record takes eleven bytes at least.
        read.ShouldBeLessThanOrEqualTo(message.Length / 11);
    }
}
