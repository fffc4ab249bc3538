using System.Buffers.Binary;
using System.Text;

namespace Atlas.Proxy.Tests.Tcp;

/// <summary>Makes ClientHellos (RFC 8446 4.1.2).</summary>
internal static class Hello
{
    /// <summary>A hello in TLS records.</summary>
    /// <param name="serverName">Its server name; null: none.</param>
    /// <param name="recordLength">Bytes of the message in each record.</param>
    /// <param name="protocols">What it offers by ALPN.</param>
    internal static byte[] Of(string? serverName, int recordLength = 16_000, params string[] protocols)
    {
        var extensions = new List<byte>();
        if (serverName is not null)
        {
            byte[] name = Encoding.ASCII.GetBytes(serverName);
            extensions.AddRange([0, 0, .. Sized(Sized([0, .. Sized(name)]))]);
        }

        if (protocols.Length > 0)
        {
            byte[] list = [.. protocols.SelectMany(protocol => Encoding.ASCII.GetBytes(protocol).Prepend((byte)protocol.Length))];
            extensions.AddRange([0, 16, .. Sized(Sized(list))]);
        }

        byte[] body = [3, 3, .. new byte[32], 0, .. Sized([0x13, 0x01]), 1, 0, .. Sized([.. extensions])];
        byte[] message = [1, 0, .. Sized(body)];
        return [.. message.Chunk(recordLength).SelectMany(part => (byte[])[22, 3, 1, .. Sized(part)])];
    }

    private static byte[] Sized(byte[] bytes)
    {
        byte[] sized = new byte[bytes.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(sized, (ushort)bytes.Length);
        bytes.CopyTo(sized, 2);
        return sized;
    }
}
