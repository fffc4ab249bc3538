using System.Buffers.Binary;

namespace Atlas.Protocols.Tests.Tls;

/// <summary>Puts ClientHellos together by hand.</summary>
internal sealed class HelloBuilder
{
    internal ushort Version { get; init; } = 0x0303;

    internal byte[] SessionId { get; init; } = [];

    internal byte[] Ciphers { get; init; } = [0x13, 0x01];

    internal byte[] Compressions { get; init; } = [0];

    /// <summary>Null: there is no list of extensions at all.</summary>
    internal List<byte[]>? Extensions { get; init; } = [];

    internal static byte[] Vector8(byte[] content) => [(byte)content.Length, .. content];

    internal static byte[] Vector16(byte[] content) => [.. Number(content.Length), .. content];

    internal static byte[] Extension(int type, params byte[] value) => [.. Number(type), .. Vector16(value)];

    internal static byte[] ServerName(string name) => Extension(0, Vector16([0, .. Vector16(Bytes.Of(name))]));

    internal static byte[] Alpn(params string[] names) => Extension(16, Vector16([.. names.SelectMany(x => Vector8(Bytes.Of(x)))]));

    internal static byte[] Versions(params int[] versions) => Extension(43, Vector8([.. versions.SelectMany(Number)]));

    /// <summary>A handshake message.</summary>
    internal static byte[] Message(byte type, byte[] body) => [type, (byte)(body.Length >> 16), .. Number(body.Length & 0xFFFF), .. body];

    /// <summary>A record with a content.</summary>
    internal static byte[] Record(ReadOnlySpan<byte> content, byte type = 22) => [type, 3, 1, .. Number(content.Length), .. content];

    /// <summary>A message in records that end at the places given and at its end.</summary>
    internal static byte[] Records(byte[] message, params int[] cuts)
    {
        List<byte> bytes = [];
        int start = 0;
        foreach (int end in (int[])[.. cuts, message.Length])
        {
            bytes.AddRange(Record(message.AsSpan(start, end - start)));
            start = end;
        }

        return [.. bytes];
    }

    /// <summary>The body of the hello.</summary>
    internal byte[] Body() =>
    [
        .. Number(Version), .. new byte[32], .. Vector8(SessionId), .. Vector16(Ciphers), .. Vector8(Compressions),
        .. Extensions is null ? [] : Vector16([.. Extensions.SelectMany(x => x)]),
    ];

    /// <summary>The hello as a message.</summary>
    internal byte[] Message() => Message(1, Body());

    /// <summary>The hello in one record.</summary>
    internal byte[] Record() => Record(Message());

    private static byte[] Number(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
