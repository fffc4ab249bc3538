using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Atlas.Control.Health;
using Atlas.Core.Configuration;

namespace Atlas.Control.Stores;

/// <summary>How a server of Redis, or a sentinel, is asked something apart from what clients need of it.</summary>
internal sealed class RedisQuery
{
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

    /// <summary>Asks one thing.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="command">The command's name and arguments.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The reply, as it is on the wire.</returns>
    /// <exception cref="IOException">There is no connection, or no reply; the message is in words for operators.</exception>
    internal async Task<byte[]> AskAsync(ServerAddress server, string[] command, CancellationToken cancellation)
    {
        using RedisConnection connection = await OpenAsync(server, cancellation).ConfigureAwait(false);
        return await connection.AskAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <summary>Opens a connection on which commands are of the user and for the database.</summary>
    /// <param name="server">Whom.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">There is none; the message is in words for operators.</exception>
    internal async Task<RedisConnection> OpenAsync(ServerAddress server, CancellationToken cancellation)
    {
        RedisConnection connection = await ConnectAsync(server, cancellation).ConfigureAwait(false);
        try
        {
            if (!Password.IsEmpty)
            {
                byte[][] credentials = User is null
                    ? ["AUTH"u8.ToArray(), Password.ToArray()]
                    : ["AUTH"u8.ToArray(), Encoding.UTF8.GetBytes(User), Password.ToArray()];
                await connection.AskAsync(credentials, cancellation).ConfigureAwait(false);
            }

            if (Database != 0)
            {
                await connection.AskAsync(["SELECT", Database.ToString(CultureInfo.InvariantCulture)], cancellation).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private async Task<RedisConnection> ConnectAsync(ServerAddress server, CancellationToken cancellation)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(server.Host, server.Port, cancellation).ConfigureAwait(false);

            // Redis looks at no protocol that is offered.
            Stream stream = Tls is null
                ? client.GetStream()
                : await Tls.ConnectAsync(client.GetStream(), ServerName ?? server.Host, isHttp2: false, cancellation).ConfigureAwait(false);
            return new RedisConnection(client, stream, hasTls: Tls is not null);
        }
        catch (SocketException e)
        {
            client.Dispose();
            throw new IOException(e.SocketErrorCode == SocketError.ConnectionRefused ? "it refuses connections" : e.Message, e);
        }
        catch (ProbeTlsException e)
        {
            client.Dispose();
            throw new IOException(e.Message, e);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
