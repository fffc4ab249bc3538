using System.Net;
using System.Security.Cryptography.X509Certificates;
using Atlas.Core.Configuration;

namespace Atlas.Control.Tls.Reading;

/// <summary>The names that a certificate is for.</summary>
internal static class CertificateNames
{
    /// <summary>Hosts and addresses of <c>subjectAltName</c>, in lower case, each once, in its order. The subject's common name counts
    /// for nothing, as with browsers (RFC 9525 2). Names that no client asks for are left out.</summary>
    public static List<string> Of(X509Certificate2 certificate)
    {
        var names = new List<string>();
        try
        {
            foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
            {
                names.AddRange(extension.EnumerateDnsNames().Select(name => name.TrimEnd('.').ToLowerInvariant()).Where(IsUsable));
                names.AddRange(extension.EnumerateIPAddresses().Select((IPAddress address) => address.ToString()));
            }
        }
        catch (Exception e) when (ChainRules.IsDamage(e))
        {
            // An extension that cannot be read has no names for clients either.
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private static bool IsUsable(string name) => HostName.IsValid(name.StartsWith("*.", StringComparison.Ordinal) ? name.AsSpan(2) : name);
}
