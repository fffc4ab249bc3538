using System.Runtime.InteropServices;

namespace Atlas.Engine.Interop;

/// <summary>The functions of libssl that the engine calls, as C declares them; what is a macro in C goes through
/// <c>SSL_ctrl</c>. SSL, SSL_CTX and the like are opaque: <see cref="nint"/>. Those that only read or set a field of a
/// structure run without leaving managed mode; whatever may call back, allocate or compute does leave it.</summary>
internal static unsafe partial class LibSsl
{
    internal const string Library = "libssl.so.3";

    [LibraryImport(Library)]
    internal static partial int OPENSSL_init_ssl(ulong options, void* settings);

    [LibraryImport(Library)]
    internal static partial nint TLS_server_method();

    [LibraryImport(Library)]
    internal static partial nint TLS_client_method();

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_ctrl(nint context, int command, nint number, void* pointer);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_callback_ctrl(nint context, int command, void* callback);

    [LibraryImport(Library)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, byte* list);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_ciphersuites(nint context, byte* list);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_num_tickets(nint context, nuint count);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_set_timeout(nint context, nint seconds);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_session_id_context(nint context, byte* id, uint length);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_use_cert_and_key(nint context, nint certificate, nint key, nint chain, int replace);

    [LibraryImport(Library)]
    internal static partial nint SSL_CTX_get_cert_store(nint context);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_add_client_CA(nint context, nint certificate);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_default_verify_paths(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_verify(nint context, int mode, void* callback);

    [LibraryImport(Library)]
    internal static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_set_alpn_select_cb(nint context, void* callback, void* argument);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_alpn_protos(nint context, byte* list, uint length);

    [LibraryImport(Library)]
    internal static partial int SSL_CTX_set_tlsext_ticket_key_evp_cb(nint context, void* callback);

    [LibraryImport(Library)]
    internal static partial void SSL_CTX_sess_set_new_cb(nint context, void* callback);

    [LibraryImport(Library)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_ctrl(nint ssl, int command, nint number, void* pointer);

    [LibraryImport(Library)]
    internal static partial void SSL_set_bio(nint ssl, nint read, nint write);

    [LibraryImport(Library)]
    internal static partial int SSL_set_ex_data(nint ssl, int index, nint value);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial nint SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(Library)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_set_SSL_CTX(nint ssl, nint context);

    [LibraryImport(Library)]
    internal static partial void SSL_set_info_callback(nint ssl, void* callback);

    [LibraryImport(Library)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_peek(nint ssl, byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_write(nint ssl, byte* buffer, int length);

    [LibraryImport(Library)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SSL_has_pending(nint ssl);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int SSL_get_shutdown(nint ssl);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial void SSL_set_shutdown(nint ssl, int mode);

    [LibraryImport(Library)]
    internal static partial int SSL_version(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_current_cipher(nint ssl);

    [LibraryImport(Library)]
    internal static partial byte* SSL_CIPHER_get_name(nint cipher);

    [LibraryImport(Library)]
    internal static partial int SSL_session_reused(nint ssl);

    [LibraryImport(Library)]
    internal static partial byte* SSL_get_servername(nint ssl, int type);

    [LibraryImport(Library)]
    internal static partial void SSL_get0_alpn_selected(nint ssl, byte** name, uint* length);

    [LibraryImport(Library)]
    internal static partial nint SSL_get1_peer_certificate(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_certificate(nint ssl);

    [LibraryImport(Library)]
    internal static partial nint SSL_get_verify_result(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_set1_host(nint ssl, byte* name);

    [LibraryImport(Library)]
    internal static partial nint SSL_get0_param(nint ssl);

    [LibraryImport(Library)]
    internal static partial int SSL_set_session(nint ssl, nint session);

    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_is_resumable(nint session);

    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_get_protocol_version(nint session);

    [LibraryImport(Library)]
    internal static partial int SSL_SESSION_up_ref(nint session);

    [LibraryImport(Library)]
    internal static partial void SSL_SESSION_free(nint session);
}
