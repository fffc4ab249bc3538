using Atlas.Protocols.Tls;
using Atlas.Proxy.Errors;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Connections;

/// <summary>Reads the ClientHello of TLS that is passed on, and finds the pool that it belongs to. What was received stays as it
/// came.</summary>
/// <param name="routes">Which pool.</param>
internal struct ClientHelloIntake(TlsRoutes routes)
{
    private ClientHelloReader _reader;

    /// <summary>The pool; null: <see cref="Error"/> says why there is none.</summary>
    internal PoolSnapshot? Pool { get; private set; }

    /// <summary>Why there is no pool.</summary>
    internal ProxyError Error { get; private set; }

    /// <summary>What is wrong with what came.</summary>
    internal string Detail { get; private set; } = "";

    /// <summary>The server name in lower case; empty: none was given.</summary>
    internal byte[] ServerName { get; private set; } = [];

    /// <summary>Looks at what has come.</summary>
    /// <param name="received">All bytes from the first one on.</param>
    /// <param name="scratch">The same room for each call.</param>
    /// <returns>Whether it is decided.</returns>
    internal bool Read(ReadOnlySpan<byte> received, Span<byte> scratch)
    {
        switch (_reader.Read(received, scratch, out ClientHello hello))
        {
            case ClientHelloStatus.NeedMore:
                return false;
            case ClientHelloStatus.Done:
                Choose(hello, hello.MessageOf(received, scratch));
                return true;
            case ClientHelloStatus.NotTls:
                Take(routes.Other, ProxyError.BadRequest, "not TLS");
                return true;
            case ClientHelloStatus.Malformed:
                Take(null, ProxyError.BadRequest, _reader.Error.Text());
                return true;
            case ClientHelloStatus.TooLarge:
            default:
                Take(null, ProxyError.BadRequest, "client_hello_too_large");
                return true;
        }
    }

    private void Choose(in ClientHello hello, ReadOnlySpan<byte> message)
    {
        Span<byte> name = stackalloc byte[ClientHello.MaxServerName];
        name = hello.ServerNameOf(message, name);
        ServerName = name.ToArray();
        Take(routes.Choose(name, hello.AlpnOf(message)), ProxyError.NoRoute, "");
    }

    private void Take(PoolSnapshot? pool, ProxyError error, string detail)
    {
        Pool = pool;
        Error = pool is null ? error : ProxyError.None;
        Detail = pool is null ? detail : "";
    }
}
