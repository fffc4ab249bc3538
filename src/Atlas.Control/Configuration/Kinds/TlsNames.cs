namespace Atlas.Control.Configuration.Kinds;

/// <summary>What TLS is spoken with, by OpenSSL's names. OpenSSL passes over names that it does not know, so that a slip of the hand
/// would change nothing, or leave nothing; these lists are what it must know.</summary>
internal static class TlsNames
{
    /// <summary>A cipher of TLS 1.2. All have forward secrecy: the key exchange with the certificate's own RSA key, and the one in
    /// finite fields, are deprecated (RFC 9325 4.1, draft-ietf-tls-deprecate-obsolete-kex).</summary>
    public static ScalarKind<string> Cipher { get; } = Of(
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
        "ECDHE-ECDSA-AES128-SHA256",
        "ECDHE-RSA-AES128-SHA256",
        "ECDHE-ECDSA-AES256-SHA384",
        "ECDHE-RSA-AES256-SHA384",
        "ECDHE-ECDSA-AES128-SHA",
        "ECDHE-RSA-AES128-SHA",
        "ECDHE-ECDSA-AES256-SHA",
        "ECDHE-RSA-AES256-SHA");

    /// <summary>A cipher suite of TLS 1.3.</summary>
    public static ScalarKind<string> CipherSuite { get; } =
        Of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /// <summary>A group of the key exchange.</summary>
    public static ScalarKind<string> Curve { get; } = Of("X25519MLKEM768", "X25519", "X448", "P-256", "P-384", "P-521");

    /// <summary>The most of each: all of them.</summary>
    public const int Max = 16;

    private static ScalarKind<string> Of(params string[] names) => Choices.Of([.. names.Select(name => (name, name))]);
}
