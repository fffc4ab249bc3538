using System.Security.Cryptography;
using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>Builds the native contexts of a server: one for each set of certificates that serves names together, else all
/// alike.</summary>
internal sealed unsafe class TlsServerBuilder : IDisposable
{
    private readonly TlsServerOptions _options;
    private readonly TlsProtocols _protocols;
    private readonly List<NativeCertificate> _certificates = [];

    internal TlsServerBuilder(TlsServerOptions options, TlsProtocols protocols)
    {
        _options = options;
        _protocols = protocols;
        if (options.Certificates.Count == 0)
        {
            throw new TlsException("TLS needs a certificate: give at least one");
        }

        Within("the number of tickets", options.Tickets, 0, TlsServerOptions.MaxTickets);
        Within("the life of sessions in seconds", options.SessionSeconds, 1, TlsServerOptions.MaxSessionSeconds);

        try
        {
            _certificates.AddRange(options.Certificates.Select(source => new NativeCertificate(source)));
        }
        catch
        {
            Dispose();
            throw;
        }

        Names = new TlsServerNames([.. _certificates.Select(each => (each.Names, each.KeyKind))]);
        Responses = _certificates.Where(each => each.Source.OcspResponse is not null)
            .ToDictionary(each => each.Handle, each => each.Source.OcspResponse!);
    }

    /// <summary>Which of the native contexts serves which name.</summary>
    internal TlsServerNames Names { get; }

    /// <summary>The OCSP responses by certificate.</summary>
    internal Dictionary<nint, byte[]> Responses { get; }

    /// <summary>Builds a native context for each of <see cref="TlsServerNames.Sets"/>. The caller frees them.</summary>
    internal nint[] Build()
    {
        var natives = new List<nint>();
        try
        {
            foreach (int[] set in Names.Sets)
            {
                natives.Add(NativeContext.New(LibSsl.TLS_server_method()));
                SetUp(natives[^1], set);
            }
        }
        catch
        {
            natives.ForEach(LibSsl.SSL_CTX_free);
            throw;
        }

        return [.. natives];
    }

    /// <inheritdoc/>
    public void Dispose() => _certificates.ForEach(each => each.Dispose());

    private static void Within(string what, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new TlsException($"{what} is {value}: give {least} to {most}");
        }
    }

    private void SetUp(nint context, int[] certificates)
    {
        NativeContext.SetVersionsAndCiphers(context, _options.MinVersion, _options.Ciphers, _options.CipherSuites, _options.Groups);
        LibSsl.SSL_CTX_set_options(context, (ulong)(_options.PrefersOwnCiphers ? SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA : 0));
        LibSsl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, null);
        foreach (int certificate in certificates)
        {
            _certificates[certificate].AddTo(context);
        }

        LibSsl.SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB, TlsCallbacks.OnServerName);
        if (!_protocols.IsEmpty)
        {
            LibSsl.SSL_CTX_set_alpn_select_cb(context, TlsCallbacks.OnAlpn, null);
        }

        if (Responses.Count > 0)
        {
            LibSsl.SSL_CTX_callback_ctrl(context, SSL_CTRL_SET_TLSEXT_STATUS_REQ_CB, TlsCallbacks.OnStatusRequest);
        }

        SetUpClients(context);
        SetUpResumption(context);
    }

    private void SetUpClients(nint context)
    {
        if (_options.ClientCaPem is null)
        {
            return;
        }

        NativeContext.AddAuthorities(context, _options.ClientCaPem, "the authorities of client certificates", areNamed: true);
        int mode = SSL_VERIFY_PEER | (_options.IsClientCertificateRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0);
        LibSsl.SSL_CTX_set_verify(context, mode, TlsCallbacks.OnClientCertificate);
    }

    private void SetUpResumption(nint context)
    {
        // Sessions are resumed among contexts that ask the same of clients: else a certificate that one of them accepted would
        // open another.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData([(byte)(_options.IsClientCertificateRequired ? 1 : 0)]);
        hash.AppendData(_options.ClientCaPem ?? []);
        fixed (byte* id = hash.GetHashAndReset())
        {
            LibSsl.SSL_CTX_set_session_id_context(context, id, SHA256.HashSizeInBytes);
        }

        if (_options.TicketKeys is null)
        {
            LibSsl.SSL_CTX_set_options(context, (ulong)SSL_OP_NO_TICKET);
            LibSsl.SSL_CTX_set_num_tickets(context, 0);
            return;
        }

        LibSsl.SSL_CTX_set_num_tickets(context, (nuint)_options.Tickets);
        LibSsl.SSL_CTX_set_timeout(context, _options.SessionSeconds);
        LibSsl.SSL_CTX_set_tlsext_ticket_key_evp_cb(context, TlsTicketCallback.Pointer);
    }
}
