namespace Atlas.Clients.Tests.Programs;

/// <summary>An authority and what it signs, made with OpenSSL's command.</summary>
public static class Authority
{
    private const string Settings =
        """
        [req]
        distinguished_name = name
        prompt = no
        [name]
        CN = localhost
        [authority]
        basicConstraints = critical, CA:TRUE
        keyUsage = critical, keyCertSign, cRLSign
        subjectKeyIdentifier = hash
        [site]
        basicConstraints = critical, CA:FALSE
        keyUsage = critical, digitalSignature
        extendedKeyUsage = serverAuth
        subjectAltName = DNS:localhost, IP:127.0.0.1
        subjectKeyIdentifier = hash
        authorityKeyIdentifier = keyid
        crlDistributionPoints = URI:http://localhost/authority.crl

        """;

    /// <summary>Writes ca.pem, and the site.pem of localhost and 127.0.0.1 with site.key, beside a configuration.</summary>
    public static async Task WriteAsync(ConfigFile config)
    {
        string settings = config.Sibling("openssl.cnf");
        string ca = config.Sibling("ca.pem");
        string caKey = config.Sibling("ca.key");
        string request = config.Sibling("site.csr");
        await File.WriteAllTextAsync(settings, Settings);
        string[] key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-config", settings];
        await OpensslAsync(["req", "-x509", .. key, "-keyout", caKey, "-out", ca, "-subj", "/CN=Authority", "-extensions", "authority", "-days", "90"]);
        await OpensslAsync(["req", .. key, "-keyout", config.Sibling("site.key"), "-out", request]);
        await OpensslAsync("x509", "-req", "-in", request, "-CA", ca, "-CAkey", caKey, "-CAcreateserial",
            "-extfile", settings, "-extensions", "site", "-days", "90", "-out", config.Sibling("site.pem"));
    }

    private static Task<string> OpensslAsync(params string[] words) => Tool.RunAsync("openssl", words);
}
