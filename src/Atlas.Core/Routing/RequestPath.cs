using System.Buffers;
using System.Text;

namespace Atlas.Core.Routing;

/// <summary>
/// The form of a path in which routes compare it (RFC 3986 6.2.2). It only decides: what goes to the server is the path as it
/// came. So a path whose meaning depends on who reads it must not get through, or a client could ask the route for one thing
/// and the server for another.
/// </summary>
/// <remarks>
/// <code>
/// path                            compared as        why
/// (empty)                         /                  an absolute form without a path (RFC 9112 3.2.1)
/// *                               *                  OPTIONS for the server as a whole; no path pattern but /* matches it
/// /%61pi/%7E                      /api/~             percent-encoded bytes are decoded, once
/// /a%252Fb                        /a%252Fb           an encoded % stays, so that nothing looks decoded twice
/// /a/./b, /a/x/../b, /a/%2e%2E/b  /a/b, /a/b, /b     dot segments are resolved, encoded or not (RFC 3986 5.2.4)
/// /../a                           /a                 nothing is above the root
/// /a/b/..                         /a/                the last slash stays
/// //a///b                         /a/b               slashes are merged, as most servers do
/// /a//../b                        Ambiguous          /a/b, or /b if slashes are merged before dots are resolved
/// /a/..;/b, /a/..;x=1/b           Ambiguous          Java servers cut off the parameter and see ..
/// /a;x=1/b                        /a;x=1/b           any other parameter belongs to its segment (RFC 3986 3.3)
/// /a%2fb, /a%5Cb                  by the policy      kept as /a%2Fb and /a%5Cb, refused, or a redirect to /a/b
/// /a%2F..%2Fb, /a%5C..            Ambiguous          also where encoded slashes are kept: who decodes them leaves /a
/// /a%00                           EncodedNul         C programs end the path there
/// /a%zz, /a%, /a b, /a#b, a       Malformed          no path
/// /a%C0%AEb                       its bytes          an overlong dot is none; bytes need not be UTF-8
/// /A                              /A                 case counts
/// </code>
/// What remains to be known: with <see cref="EncodedSlashPolicy.Keep"/>, <c>/api%2Fadmin</c> is not below <c>/api/</c>, and with
/// parameters <c>/admin;x/y</c> is not below <c>/admin/</c>. A server that thinks otherwise must guard such paths itself.
/// </remarks>
public static class RequestPath
{
    // RFC 3986 3.3 without "%", and the brackets that clients send unencoded.
    internal static readonly SearchValues<byte> Plain = SearchValues.Create(
        "!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~"u8);

    /// <summary>Brings a path into the form that is compared. Allocates nothing; O(length).</summary>
    /// <param name="raw">As it came, without the query.</param>
    /// <param name="policy">What happens with encoded slashes.</param>
    /// <param name="scratch">Room for as many bytes as <paramref name="raw"/> has; used only where the form is a different one.</param>
    /// <param name="path">
    /// If <see cref="PathStatus.Ok"/>, the form, in either of the two spans; otherwise empty. It begins with a slash or is <c>*</c>.
    /// </param>
    /// <exception cref="ArgumentException">The scratch is too short.</exception>
    public static PathStatus Normalize(ReadOnlySpan<byte> raw, EncodedSlashPolicy policy, Span<byte> scratch, out ReadOnlySpan<byte> path)
    {
        if (raw.Length > 0 && raw[0] == '/' && !raw.ContainsAnyExcept(Plain) && raw.IndexOf("//"u8) < 0 && raw.IndexOf("/."u8) < 0)
        {
            path = raw;
            return PathStatus.Ok;
        }

        return NormalizeUnusual(raw, policy, scratch, out path);
    }

    /// <summary>
    /// Writes the path with a slash for every encoded one and single slashes only, which is where
    /// <see cref="EncodedSlashPolicy.Redirect"/> sends the client. It begins with exactly one slash, so that a browser never
    /// takes its first segment for a host.
    /// </summary>
    /// <param name="raw">A path that <see cref="Normalize"/> has answered with <see cref="PathStatus.Redirect"/>.</param>
    /// <param name="destination">Room for as many bytes as the path has.</param>
    /// <returns>The bytes written.</returns>
    public static int WriteWithSlashes(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte next = raw[i];
            if (next == '%' && PathBytes.Decode(raw[i..]) is '/' or '\\')
            {
                next = (byte)'/';
                i += 2;
            }

            if (next != '/' || length == 0 || destination[length - 1] != '/')
            {
                destination[length++] = next;
            }
        }

        return length;
    }

    /// <summary>
    /// Where in the path as it came stands what follows a prefix, for redirects with <c>{rest}</c> and for taking a prefix
    /// away, so that the rest goes on as it came. O(length).
    /// </summary>
    /// <param name="raw">The path as it came.</param>
    /// <param name="path">The same path in the form that is compared, from <see cref="Normalize"/>.</param>
    /// <param name="prefix">
    /// Whole segments in the form that is compared, from <see cref="NormalizePattern"/>, with or without a slash at the end.
    /// </param>
    /// <returns>
    /// The index from which <paramref name="raw"/> is empty or begins with exactly one slash, and means the same as what
    /// <paramref name="path"/> has after the prefix; -1 if the path is not the prefix and not below it.
    /// </returns>
    public static int RestStart(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix)
    {
        prefix = prefix.TrimEnd((byte)'/');
        if (!path.StartsWith(prefix) || (path.Length > prefix.Length && path[prefix.Length] != '/'))
        {
            return -1;
        }

        return raw.SequenceEqual(path) ? prefix.Length : PathBytes.EndOfSegments(raw, prefix.Count((byte)'/'));
    }

    /// <summary>
    /// The form of a path or prefix that a configuration has, so that <c>/caf%C3%A9/</c> means what it means in a request. A slash
    /// at its end stays. A pattern that no request can have, as with dots that leave the root open, is returned as it is.
    /// </summary>
    /// <param name="pattern">Begins with a slash.</param>
    public static byte[] NormalizePattern(string pattern)
    {
        byte[] raw = Encoding.UTF8.GetBytes(pattern);
        return Normalize(raw, EncodedSlashPolicy.Keep, new byte[raw.Length], out var path) == PathStatus.Ok ? path.ToArray() : raw;
    }

    private static PathStatus NormalizeUnusual(
        ReadOnlySpan<byte> raw, EncodedSlashPolicy policy, Span<byte> scratch, out ReadOnlySpan<byte> path)
    {
        path = default;
        if (scratch.Length < raw.Length)
        {
            throw new ArgumentException("Shorter than the path.", nameof(scratch));
        }

        if (raw.IsEmpty || raw.SequenceEqual("*"u8))
        {
            path = raw.IsEmpty ? "/"u8 : raw;
            return PathStatus.Ok;
        }

        if (raw[0] != '/')
        {
            return PathStatus.Malformed;
        }

        var writer = new PathWriter(scratch);
        int start = 1;
        while (start <= raw.Length)
        {
            int slash = raw[start..].IndexOf((byte)'/');
            bool isLast = slash < 0;
            int end = isLast ? raw.Length : start + slash;
            PathStatus status = writer.Add(raw[start..end], isLast);
            if (status != PathStatus.Ok)
            {
                return status;
            }

            start = end + 1;
        }

        if (writer.HasEncodedSlash && policy != EncodedSlashPolicy.Keep)
        {
            return policy == EncodedSlashPolicy.Reject ? PathStatus.EncodedSlash : PathStatus.Redirect;
        }

        path = writer.Written;
        return PathStatus.Ok;
    }
}
