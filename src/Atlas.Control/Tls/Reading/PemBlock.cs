using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Control.Tls.Reading;

/// <summary>A block of a PEM file (RFC 7468).</summary>
/// <param name="Label">What it is, as in <c>CERTIFICATE</c>.</param>
/// <param name="Der">What it holds; null: its base64 is damaged, or it is encrypted in the way of OpenSSL before PKCS#8.</param>
internal sealed record PemBlock(string Label, byte[]? Der)
{
    /// <summary>The label of a certificate.</summary>
    public const string Certificate = "CERTIFICATE";

    private const string Begin = "-----BEGIN ";
    private const string Dashes = "-----";

    /// <summary>Whether it is a private key, encrypted or not.</summary>
    public bool IsKey => Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>All blocks, in the file's order; what stands between them is left out. O(bytes).</summary>
    public static List<PemBlock> All(ReadOnlySpan<byte> file)
    {
        var blocks = new List<PemBlock>();
        ReadOnlySpan<char> text = Encoding.Latin1.GetString(file);
        int begin;
        while ((begin = text.IndexOf(Begin, StringComparison.Ordinal)) >= 0)
        {
            text = text[(begin + Begin.Length)..];
            int labelEnd = text.IndexOf(Dashes, StringComparison.Ordinal);
            if (labelEnd is < 0 or > 64)
            {
                continue;
            }

            string label = text[..labelEnd].ToString();
            text = text[(labelEnd + Dashes.Length)..];
            int end = text.IndexOf($"-----END {label}-----", StringComparison.Ordinal);
            int next = text.IndexOf(Begin, StringComparison.Ordinal);
            bool isWhole = end >= 0 && (next < 0 || end < next);
            blocks.Add(new PemBlock(label, isWhole ? Decode(text[..end]) : null));
        }

        return blocks;
    }

    private static byte[]? Decode(ReadOnlySpan<char> base64)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent((base64.Length / 4 * 3) + 3);
        try
        {
            return Convert.TryFromBase64Chars(base64, bytes, out int written) ? bytes[..written] : null;
        }
        finally
        {
            // It may have been a key.
            CryptographicOperations.ZeroMemory(bytes);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
