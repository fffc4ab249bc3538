using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Atlas.Admin;

/// <summary>The token that callers must show (RFC 6750 2.1).</summary>
internal sealed class BearerToken(string token)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whether the request shows it. Takes the same time for every wrong token of a length: digests are compared,
    /// and all of them.</summary>
    internal bool IsShownBy(HttpRequest request)
    {
        string? shown = request.Headers.Authorization;
        return shown is not null
            && shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown[Scheme.Length..].Trim())), _hash);
    }
}
