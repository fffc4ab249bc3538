using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Atlas.Core.Configuration;
using Atlas.Core.Tls;

namespace Atlas.Control.Health;

/// <summary>TLS towards the servers of a pool, for their probes: the same authorities, certificate and versions that its requests go by.
/// One object for as long as these stay the same, by which targets are told apart.</summary>
/// <param name="written">What the configuration says.</param>
/// <param name="material">What its files hold.</param>
public sealed class ProbeTls(PoolTlsConfig written, PoolTlsMaterial material)
{
    private readonly Lazy<X509Certificate2Collection?> _authorities = new(() => AuthoritiesOf(material));
    private readonly Lazy<SslStreamCertificateContext?> _certificate = new(() => CertificateOf(material));

    /// <summary>Shakes hands.</summary>
    /// <param name="connection">The connection, which belongs to the stream that comes of it, and is disposed if none does.</param>
    /// <param name="serverName">The name, or the IP address in text, that the server has to prove.</param>
    /// <param name="isHttp2">Whether HTTP/2 is to be agreed on; else HTTP/1.1 is offered.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ProbeTlsException">There is no agreement.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    internal async ValueTask<SslStream> ConnectAsync(Stream connection, string? serverName, bool isHttp2, CancellationToken cancellation)
    {
        string? found = null;
        var stream = new ProbeTlsStream(connection);
        try
        {
            await stream.AuthenticateAsClientAsync(OptionsFor(serverName, isHttp2, fault => found = fault), cancellation);
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            throw new ProbeTlsException(ServerTlsWords.Prefixed(found ?? WordsOf(e)));
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }

        if (isHttp2 && stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
        {
            await stream.DisposeAsync();
            throw new ProbeTlsException(ServerTlsWords.Prefixed(ServerTlsWords.NoHttp2));
        }

        return stream;
    }

    /// <summary>What an exchange says of TLS that failed after the handshake; null: it did not. With TLS 1.3 a server that refuses the
    /// certificate, or the want of one, says so when the handshake is over for its client.</summary>
    internal static string? WordsAfterHandshake(Exception error) =>
        ReasonOf(error) is { } reason ? ServerTlsWords.Prefixed(ServerTlsWords.OfReason(reason)) : null;

    private SslClientAuthenticationOptions OptionsFor(string? serverName, bool isHttp2, Action<string> found) => new()
    {
        TargetHost = serverName ?? "",
        EnabledSslProtocols = written.MinVersion == TlsVersion.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [isHttp2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11],
        ClientCertificateContext = _certificate.Value,
        CertificateChainPolicy = PolicyOf(_authorities.Value),
        RemoteCertificateValidationCallback = (_, _, chain, errors) =>
        {
            bool isTaken = errors == SslPolicyErrors.None || !written.Verify;
            if (!isTaken)
            {
                found(WordsOf(errors, chain, serverName));
            }

            return isTaken;
        },
    };

    private static X509ChainPolicy PolicyOf(X509Certificate2Collection? authorities)
    {
        // The handshakes of requests ask nobody whether certificates were revoked either.
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities);
            policy.ExtraStore.AddRange(authorities);
        }

        return policy;
    }

    // In the order in which OpenSSL checks, so that a certificate with two faults has the same words as a request's.
    private static string WordsOf(SslPolicyErrors errors, X509Chain? chain, string? serverName)
    {
        var faults = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        return errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? ServerTlsWords.NoCertificate
            : (faults & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0 ? ServerTlsWords.UnknownAuthority
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? ServerTlsWords.OtherName(serverName)
            : !faults.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "the server's certificate is not accepted"
            : chain!.ChainElements.Any(element => element.Certificate.NotBefore > DateTime.Now) ? ServerTlsWords.Early
            : ServerTlsWords.Expired;
    }

    private static string WordsOf(Exception e) =>
        ReasonOf(e) is { } reason ? ServerTlsWords.OfReason(reason)

        // A record that is none is found before OpenSSL sees it.
        : e is IOException ? ServerTlsWords.Closed
        : e.InnerException is null ? ServerTlsWords.NoTls
        : ServerTlsWords.OfReason("");

    // What .NET says of itself quotes OpenSSL's reason at the end: error:0A000410:SSL routines::ssl/tls alert handshake failure.
    private static string? ReasonOf(Exception e)
    {
        for (Exception? inner = e; inner is not null; inner = inner.InnerException)
        {
            if (inner.Message.StartsWith("error:", StringComparison.Ordinal))
            {
                return inner.Message[(inner.Message.LastIndexOf(':') + 1)..];
            }
        }

        return null;
    }

    private static X509Certificate2Collection? AuthoritiesOf(PoolTlsMaterial material)
    {
        if (material.Authorities is not { } authorities)
        {
            return null;
        }

        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Encoding.ASCII.GetString([.. authorities.Pem]));
        return certificates;
    }

    private static SslStreamCertificateContext? CertificateOf(PoolTlsMaterial material)
    {
        if (material.Certificate is not { } certificate)
        {
            return null;
        }

        string chain = Encoding.ASCII.GetString([.. certificate.ChainPem]);
        var others = new X509Certificate2Collection();
        others.ImportFromPem(chain);
        others.RemoveAt(0);
        return SslStreamCertificateContext.Create(
            X509Certificate2.CreateFromPem(chain, Encoding.ASCII.GetString([.. certificate.KeyPem])), others, offline: true);
    }
}
