using System.Net.Sockets;
using System.Text;
using Atlas.Protocols.Resp;

namespace Atlas.Control.Stores;

/// <summary>A connection to a server of Redis on which one command is asked after the other. After an exception there is nothing to be had
/// of it any more.</summary>
internal sealed class RedisConnection : IDisposable
{
    // The slots of the largest clusters (1,000 servers) are told in some 200 KiB.
    private static readonly RespLimits Limits = new(BulkBytes: 4_096, LineBytes: 1_024, ArrayCount: 16_384, ReplyBytes: 4 << 20);

    private const int PieceBytes = 16 * 1024;

    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly bool _hasTls;

    /// <summary>One that is open.</summary>
    /// <param name="client">The connection, which it owns.</param>
    /// <param name="stream">What is read and written.</param>
    /// <param name="hasTls">Whether that is encrypted.</param>
    internal RedisConnection(TcpClient client, Stream stream, bool hasTls)
    {
        _client = client;
        _stream = stream;
        _hasTls = hasTls;
    }

    /// <summary>Asks one thing.</summary>
    /// <param name="command">The command's name and arguments.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The reply, as it is on the wire.</returns>
    /// <exception cref="IOException">There is no reply, or it is an error; the message is in words for operators.</exception>
    internal Task<byte[]> AskAsync(string[] command, CancellationToken cancellation) =>
        AskAsync([.. command.Select(Encoding.UTF8.GetBytes)], cancellation);

    /// <summary>As the other one.</summary>
    internal async Task<byte[]> AskAsync(byte[][] command, CancellationToken cancellation)
    {
        await _stream.WriteAsync(Written(command), cancellation).ConfigureAwait(false);
        var reply = new MemoryStream();
        byte[] piece = new byte[PieceBytes];
        var scanner = new RespScanner(Limits);
        while (true)
        {
            int count = await _stream.ReadAsync(piece, cancellation).ConfigureAwait(false);
            RespStatus status = scanner.Read(piece.AsSpan(0, count), out int taken);
            reply.Write(piece, 0, taken);
            if (count == 0 || status == RespStatus.Refused)
            {
                throw new IOException(count > 0 ? "it sends what is no reply of Redis"
                    : _hasTls ? "it closes the connection"
                    : "it closes the connection: does it expect TLS? Write 'tls' beside the servers");
            }

            if (status == RespStatus.Done)
            {
                byte[] bytes = reply.ToArray();
                return scanner.IsError ? throw new IOException($"it answers: {Encoding.UTF8.GetString(bytes.AsSpan(1)).Trim()}") : bytes;
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }

    private static byte[] Written(byte[][] parts)
    {
        byte[] bytes = new byte[64 + parts.Sum(part => part.Length + 64)];
        var writer = new RespWriter(bytes);
        writer.Command(parts.Length);
        foreach (byte[] part in parts)
        {
            writer.Part(part);
        }

        return bytes[..writer.Length];
    }
}
