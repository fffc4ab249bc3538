using Atlas.Protocols.Tls;

namespace Atlas.Protocols.Tests.Tls;

/// <summary>What lies around the fields: records, message and limits.</summary>
public sealed class ClientHelloReaderTests
{
    private static readonly HelloBuilder Usual = new()
    {
        SessionId = new byte[32],
        Extensions = [HelloBuilder.ServerName("Example.COM"), HelloBuilder.Alpn("h2", "http/1.1"), HelloBuilder.Versions(0x0304, 0x0303)],
    };

    [Fact]
    public void Hello_InOneRecord_IsReadInPlace()
    {
        Hellos.Result hello = Hellos.Accept([.. Usual.Record(), 20, 3, 3, 0, 1, 1]);

        hello.ServerName.ShouldBe("example.com");
        hello.Alpn.ShouldBe("h2 http/1.1");
        hello.HighestVersion.ShouldBe(0x0304);
        hello.Resumes.ShouldBeFalse();
        hello.HasEncryptedClientHello.ShouldBeFalse();
        hello.IsInScratch.ShouldBeFalse();
        hello.Message.ShouldBe(Convert.ToHexString(Usual.Message()));
    }

    [Fact]
    public void Hello_InTwoRecordsCutAnywhere_IsTheSame()
    {
        byte[] message = Usual.Message();
        Hellos.Result expected = Hellos.Accept(Usual.Record()) with { IsInScratch = true };
        for (int cut = 1; cut < message.Length; cut++)
        {
            byte[] bytes = HelloBuilder.Records(message, cut);
            Hellos.Feed(bytes, [bytes.Length]).ShouldBe(expected);
            Hellos.Feed(bytes, Enumerable.Range(1, bytes.Length)).ShouldBe(expected);
            Hellos.Feed(bytes, [cut + 5, bytes.Length]).ShouldBe(expected);
        }
    }

    [Fact]
    public void Hello_InRecordsOfOneByte_IsTheSame()
    {
        byte[] message = Usual.Message();
        byte[] bytes = HelloBuilder.Records(message, [.. Enumerable.Range(1, message.Length - 1)]);

        Hellos.Accept(bytes).ShouldBe(Hellos.Accept(Usual.Record()) with { IsInScratch = true });
    }

    [Fact]
    public void Record_OfAnyMinorVersion_IsRead()
    {
        for (int minor = 0; minor < 256; minor++)
        {
            byte[] bytes = Usual.Record();
            bytes[2] = (byte)minor;
            Hellos.Feed(bytes, [bytes.Length]).Status.ShouldBe(ClientHelloStatus.Done);
        }
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("PROXY TCP4 ")]
    [InlineData("SSH-2.0-x\r\n")]
    [InlineData("\x80\x2e\x01\x03\x01")] // The hello of SSL 2.
    [InlineData("\x15\x03\x01\0\x02\x02\x28")]
    [InlineData("\x17\x03\x03\0\x01a")]
    [InlineData("\x16\x02")]
    [InlineData("\x16\x04")]
    [InlineData("\0")]
    public void Bytes_OfSomethingElse_AreNotTls(string text) =>
        Hellos.Read(Bytes.Of(text)).Status.ShouldBe(ClientHelloStatus.NotTls);

    [Fact]
    public void Record_OfAnotherKindWithinTheHello_IsRefused()
    {
        byte[] message = Usual.Message();
        byte[] begin = HelloBuilder.Record(message.AsSpan(0, 50));

        Hellos.Refuse([.. begin, .. HelloBuilder.Record(message.AsSpan(50), type: 23)]).ShouldBe(ClientHelloError.UnexpectedRecord);
        Hellos.Refuse([.. begin, 22, 2]).ShouldBe(ClientHelloError.UnexpectedRecord);
    }

    [Fact]
    public void Record_WithoutContentOrTooLong_IsRefused()
    {
        byte[] begin = HelloBuilder.Record(Usual.Message().AsSpan(0, 50));

        Hellos.Refuse([22, 3, 1, 0, 0]).ShouldBe(ClientHelloError.EmptyRecord);
        Hellos.Refuse([.. begin, 22, 3, 1, 0, 0]).ShouldBe(ClientHelloError.EmptyRecord);
        Hellos.Refuse([22, 3, 1, 0x40, 1]).ShouldBe(ClientHelloError.RecordTooLong);
    }

    [Fact]
    public void Message_OfAnotherType_IsRefused()
    {
        Hellos.Refuse(HelloBuilder.Record(HelloBuilder.Message(2, Usual.Body()))).ShouldBe(ClientHelloError.NotClientHello);
        Hellos.Refuse(HelloBuilder.Record([0])).ShouldBe(ClientHelloError.NotClientHello);
    }

    [Fact]
    public void Record_ThatGoesOnAfterTheHello_IsRefused()
    {
        byte[] message = [.. Usual.Message(), 0];

        Hellos.Refuse(HelloBuilder.Record(message)).ShouldBe(ClientHelloError.BytesAfterHello);
        Hellos.Refuse(HelloBuilder.Records(message, 3, 50)).ShouldBe(ClientHelloError.BytesAfterHello);
    }

    [Fact]
    public void Hello_OfExactlyTheLimit_IsReadAndOneMoreByteIsNot()
    {
        int room = ClientHelloReader.MaxBytes - new HelloBuilder().Record().Length - 4;
        byte[] most = WithPadding(room).Record();
        most.Length.ShouldBe(ClientHelloReader.MaxBytes);

        Hellos.Feed(most, [most.Length]).Status.ShouldBe(ClientHelloStatus.Done);

        // Its length says so: no need to receive it.
        Hellos.Feed(WithPadding(room + 1).Record(), [9]).Status.ShouldBe(ClientHelloStatus.TooLarge);
        Hellos.Feed(HelloBuilder.Records(WithPadding(room + 1).Message(), 100), [9]).Status.ShouldBe(ClientHelloStatus.TooLarge);
        byte[] twoRecords = HelloBuilder.Records(WithPadding(room).Message(), 100);
        Hellos.Feed(twoRecords, Enumerable.Range(1, twoRecords.Length)).Status.ShouldBe(ClientHelloStatus.TooLarge);
        byte[] fits = HelloBuilder.Records(WithPadding(room - 5).Message(), 100);
        Hellos.Feed(fits, Enumerable.Range(1, fits.Length)).Status.ShouldBe(ClientHelloStatus.Done);

        static HelloBuilder WithPadding(int length) => new() { Extensions = [HelloBuilder.Extension(21, new byte[length])] };
    }

    [Fact]
    public void Records_OfOneByteWithoutEnd_AreTooLargeAtTheLimit()
    {
        byte[] message = HelloBuilder.Message(1, new byte[8000]);
        byte[] endless = HelloBuilder.Records(message, [.. Enumerable.Range(1, message.Length - 1)]);
        byte[] scratch = new byte[ClientHelloReader.MaxBytes];
        ClientHelloReader reader = default;
        int fed = 0;
        ClientHelloStatus status;
        while ((status = reader.Read(endless.AsSpan(0, fed), scratch, out _)) == ClientHelloStatus.NeedMore)
        {
            fed++;
        }

        status.ShouldBe(ClientHelloStatus.TooLarge);
        fed.ShouldBe(ClientHelloReader.MaxBytes / 6 * 6);
    }

    [Fact]
    public void Scratch_TooShortForAHelloInSeveralRecords_IsTooLarge()
    {
        byte[] message = Usual.Message();
        byte[] bytes = HelloBuilder.Records(message, 20);

        Hellos.Feed(bytes, [bytes.Length], message.Length).Status.ShouldBe(ClientHelloStatus.Done);
        Hellos.Feed(bytes, [bytes.Length], message.Length - 1).Status.ShouldBe(ClientHelloStatus.TooLarge);
        Hellos.Feed(Usual.Record(), [Usual.Record().Length], scratchLength: 0).Status.ShouldBe(ClientHelloStatus.Done);
    }

    [Fact]
    public void Hello_WithoutItsLastByte_NeedsMore()
    {
        Hellos.Read(Usual.Record()[..^1]).Status.ShouldBe(ClientHelloStatus.NeedMore);
        Hellos.Read(HelloBuilder.Record(Usual.Message().AsSpan(0, 40))).Status.ShouldBe(ClientHelloStatus.NeedMore);
        Hellos.Read([]).Status.ShouldBe(ClientHelloStatus.NeedMore);
    }

    [Fact]
    public void Reader_FedByteByByte_AllocatesNothing()
    {
        byte[] message = Usual.Message();
        byte[] bytes = HelloBuilder.Records(message, 3, 70);
        byte[] scratch = new byte[ClientHelloReader.MaxBytes];
        byte[] name = new byte[ClientHello.MaxServerName];
        long before = 0;
        for (int round = 0; round < 100; round++)
        {
            before = round == 1 ? GC.GetAllocatedBytesForCurrentThread() : before;
            ClientHelloReader reader = default;
            int fed = 0;
            ClientHello hello;
            while (reader.Read(bytes.AsSpan(0, fed), scratch, out hello) == ClientHelloStatus.NeedMore)
            {
                fed++;
            }

            int protocols = 0;
            foreach (ReadOnlySpan<byte> _ in hello.AlpnOf(hello.MessageOf(bytes, scratch)))
            {
                protocols++;
            }

            if (protocols != 2 || hello.ServerNameOf(hello.MessageOf(bytes, scratch), name).Length != 11)
            {
                throw new InvalidOperationException("The hello is not read.");
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
