using Atlas.Protocols.Tls;

namespace Atlas.Protocols.Tests.Tls;

/// <summary>Reads hellos whole, cut in two at every byte, and byte by byte, and demands the same result from all. Every piece
/// is fed in an array of exactly its length, so that a read past the end throws and nothing depends on the address.</summary>
internal static class Hellos
{
    internal static Result Accept(byte[] bytes)
    {
        Result result = Read(bytes);
        result.Error.ShouldBe(ClientHelloError.None);
        result.Status.ShouldBe(ClientHelloStatus.Done);
        return result;
    }

    internal static ClientHelloError Refuse(byte[] bytes)
    {
        Result result = Read(bytes);
        result.Status.ShouldBe(ClientHelloStatus.Malformed);
        result.Error.Text().ShouldNotBe("unknown error");
        return result.Error;
    }

    internal static Result Read(byte[] bytes)
    {
        Result whole = Feed(bytes, [bytes.Length]);
        foreach (int[] split in Bytes.Splits(bytes.Length))
        {
            Feed(bytes, split).ShouldBe(whole, $"fed up to {string.Join(' ', split)}");
        }

        return whole;
    }

    internal static Result Feed(byte[] bytes, IEnumerable<int> ends, int scratchLength = ClientHelloReader.MaxBytes)
    {
        ClientHelloReader reader = default;
        byte[] scratch = new byte[scratchLength];
        foreach (int end in ends)
        {
            byte[] piece = bytes.AsSpan(0, end).ToArray();
            ClientHelloStatus status = reader.Read(piece, scratch, out ClientHello hello);
            if (status == ClientHelloStatus.NeedMore)
            {
                continue;
            }

            (status == ClientHelloStatus.Malformed).ShouldBe(reader.Error != ClientHelloError.None);
            reader.Read(piece, scratch, out _).ShouldBe(status);
            return Describe(status, reader.Error, hello, piece, scratch);
        }

        return new Result(ClientHelloStatus.NeedMore, ClientHelloError.None, "", "", 0, false, false, false, "");
    }

    private static Result Describe(
        ClientHelloStatus status, ClientHelloError error, ClientHello hello, byte[] received, byte[] scratch)
    {
        ReadOnlySpan<byte> message = hello.MessageOf(received, scratch);
        List<string> alpn = [];
        foreach (ReadOnlySpan<byte> name in hello.AlpnOf(message))
        {
            alpn.Add(Bytes.Text(name));
        }

        string serverName = Bytes.Text(hello.ServerNameOf(message, new byte[ClientHello.MaxServerName]));
        return new Result(
            status, error, serverName, string.Join(' ', alpn), hello.HighestVersion, hello.Resumes, hello.HasEncryptedClientHello,
            hello.IsInScratch, Convert.ToHexString(message));
    }

    internal sealed record Result(
        ClientHelloStatus Status,
        ClientHelloError Error,
        string ServerName,
        string Alpn,
        int HighestVersion,
        bool Resumes,
        bool HasEncryptedClientHello,
        bool IsInScratch,
        string Message);
}
