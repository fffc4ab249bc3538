using System.Text;
using Atlas.Core.Routing;

namespace Atlas.Proxy.Forwarding;

/// <summary>How a route changes the path that its server gets: the path is brought into its normal spelling if asked for, then a
/// prefix is taken away where it stands at the front, then another is put before. Immutable.</summary>
/// <param name="stripPrefix">Whole segments; empty: nothing is taken away.</param>
/// <param name="addPrefix">Begins with a slash; empty: nothing is put before.</param>
/// <param name="normalize">Whether the server gets the normal spelling (<see cref="PathSpelling"/>) instead of the client's.</param>
public sealed class PathRewrite(string stripPrefix, string addPrefix, bool normalize)
{
    private readonly byte[] _strip = stripPrefix.Length == 0 ? [] : RequestPath.NormalizePattern(stripPrefix);
    private readonly byte[] _add = Encoding.ASCII.GetBytes(addPrefix);

    /// <summary>The path that the server gets. O(length).</summary>
    /// <param name="path">The client's, which <see cref="RequestPath"/> found to have one meaning; empty is <c>/</c>.</param>
    /// <param name="scratch">Memory of the worker; the result is lent until its next use.</param>
    internal ReadOnlySpan<byte> Apply(ReadOnlySpan<byte> path, PathScratch scratch)
    {
        if (path.SequenceEqual("*"u8))
        {
            return path;
        }

        if (normalize)
        {
            Span<byte> spelled = scratch.Spelled(path.Length + 1);
            path = spelled[..PathSpelling.Write(path, spelled)];
        }

        return WithPrefix(Rest(path, scratch), scratch);
    }

    private ReadOnlySpan<byte> Rest(ReadOnlySpan<byte> path, PathScratch scratch)
    {
        if (_strip.Length == 0
            || RequestPath.Normalize(path, EncodedSlashPolicy.Keep, scratch.Compared(path.Length), out var compared) != PathStatus.Ok)
        {
            return path;
        }

        int start = RequestPath.RestStart(path, compared, _strip);
        return start < 0 ? path : path[start..];
    }

    // What is left begins with a slash or is empty.
    private ReadOnlySpan<byte> WithPrefix(ReadOnlySpan<byte> rest, PathScratch scratch)
    {
        if (_add.Length == 0)
        {
            return rest.IsEmpty ? "/"u8 : rest;
        }

        ReadOnlySpan<byte> add = rest.IsEmpty ? _add : _add.AsSpan().TrimEnd((byte)'/');
        Span<byte> result = scratch.Rewritten(add.Length + rest.Length);
        add.CopyTo(result);
        rest.CopyTo(result[add.Length..]);
        return result;
    }
}
