using System.Net.Security;

namespace Atlas.Control.Health;

/// <summary>TLS whose writes fail with what its reads failed with. With TLS 1.3 a server that refuses the certificate says so after the
/// handshake: the client of HTTP/2 reads it, disposes the stream, and tells of the write that met that.</summary>
/// <param name="connection">The connection, which belongs to it.</param>
internal sealed class ProbeTlsStream(Stream connection) : SslStream(connection)
{
    private volatile IOException? _first;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            _first ??= e;
            throw;
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await base.WriteAsync(buffer, cancellationToken);
        }
        catch (Exception e) when (_first is not null && (e is IOException or ObjectDisposedException))
        {
            throw new IOException(_first!.Message, _first);
        }
    }
}
