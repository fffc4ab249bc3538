using CsCheck;

namespace Atlas.Protocols.Tests.Resp;

/// <summary>Bytes that look like replies, and mostly are none.</summary>
internal static class RespBytes
{
    private const string Alphabet = "+-:$*0123456789\r\naZ";

    public static Gen<byte[]> Any { get; } = Gen.Int[0, Alphabet.Length - 1].Select(index => (byte)Alphabet[index]).Array[0, 60];
}
