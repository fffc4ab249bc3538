using System.Runtime.InteropServices;

namespace Atlas.Engine.Tests.Tls;

/// <summary>Functions of OpenSSL by which a test makes one side do what the engine never does.</summary>
internal static partial class OpenSslPeer
{
    internal const int SSL_KEY_UPDATE_NOT_REQUESTED = 0;
    internal const int SSL_KEY_UPDATE_REQUESTED = 1;
    internal const int SSL_CTRL_SET_MAX_SEND_FRAGMENT = 52;

    [LibraryImport("libssl.so.3")]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, nint pointer);

    [LibraryImport("libssl.so.3")]
    internal static partial int SSL_key_update(nint ssl, int type);

    [LibraryImport("libssl.so.3")]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport("libssl.so.3")]
    internal static partial int SSL_do_handshake(nint ssl);
}
