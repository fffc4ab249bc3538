using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Atlas.Control.Health;
using Atlas.Core.Configuration;
using Atlas.Protocols.Resp;

namespace Atlas.Control.Stores;

/// <summary>Asks a server of Redis, or a sentinel, one thing, over a connection of its own.</summary>
internal sealed class RedisQuery
{
    // The slots of the largest clusters (1,000 servers) are told in some 200 KiB.
    private static readonly RespLimits Limits = new(BulkBytes: 4_096, LineBytes: 1_024, ArrayCount: 16_384, ReplyBytes: 4 << 20);

    private const int PieceBytes = 16 * 1024;

    /// <summary>The user; null: the default one.</summary>
    internal string? User { get; init; }

    /// <summary>The password; empty: none is sent.</summary>
    internal ReadOnlyMemory<byte> Password { get; init; }

    /// <summary>The number of the database that is asked.</summary>
    internal int Database { get; init; }

    /// <summary>How to shake hands; null: in plain text.</summary>
    internal ProbeTls? Tls { get; init; }

    /// <summary>The name that the certificate must have; null: the host's.</summary>
    internal string? ServerName { get; init; }

    /// <summary>Asks.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="command">The command's name and arguments.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The reply, as it is on the wire.</returns>
    /// <exception cref="IOException">There is no connection, or no reply; the message is in words for operators.</exception>
    internal async Task<byte[]> AskAsync(ServerAddress server, string[] command, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(server.Host, server.Port, cancellation).ConfigureAwait(false);
            Stream stream = client.GetStream();
            if (Tls is not null)
            {
                // Redis looks at no protocol that is offered.
                stream = await Tls.ConnectAsync(stream, ServerName ?? server.Host, isHttp2: false, cancellation).ConfigureAwait(false);
            }

            await using (stream.ConfigureAwait(false))
            {
                if (!Password.IsEmpty)
                {
                    byte[][] credentials = User is null
                        ? ["AUTH"u8.ToArray(), Password.ToArray()]
                        : ["AUTH"u8.ToArray(), Encoding.UTF8.GetBytes(User), Password.ToArray()];
                    await ExchangeAsync(stream, credentials, cancellation).ConfigureAwait(false);
                }

                if (Database != 0)
                {
                    string number = Database.ToString(CultureInfo.InvariantCulture);
                    await ExchangeAsync(stream, ["SELECT"u8.ToArray(), Encoding.UTF8.GetBytes(number)], cancellation).ConfigureAwait(false);
                }

                return await ExchangeAsync(stream, [.. command.Select(Encoding.UTF8.GetBytes)], cancellation).ConfigureAwait(false);
            }
        }
        catch (SocketException e)
        {
            throw new IOException(e.SocketErrorCode == SocketError.ConnectionRefused ? "it refuses connections" : e.Message, e);
        }
        catch (ProbeTlsException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private async Task<byte[]> ExchangeAsync(Stream stream, byte[][] parts, CancellationToken cancellation)
    {
        await stream.WriteAsync(Written(parts), cancellation).ConfigureAwait(false);
        var reply = new MemoryStream();
        byte[] piece = new byte[PieceBytes];
        var scanner = new RespScanner(Limits);
        while (true)
        {
            int count = await stream.ReadAsync(piece, cancellation).ConfigureAwait(false);
            RespStatus status = scanner.Read(piece.AsSpan(0, count), out int taken);
            reply.Write(piece, 0, taken);
            if (count == 0 || status == RespStatus.Refused)
            {
                throw new IOException(count > 0 ? "it sends what is no reply of Redis"
                    : Tls is not null ? "it closes the connection"
                    : "it closes the connection: does it expect TLS? Write 'tls' beside the servers");
            }

            if (status == RespStatus.Done)
            {
                byte[] bytes = reply.ToArray();
                return scanner.IsError ? throw new IOException($"it answers: {Encoding.UTF8.GetString(bytes.AsSpan(1)).Trim()}") : bytes;
            }
        }
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
