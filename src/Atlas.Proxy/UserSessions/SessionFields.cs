using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Proxy.UserSessions;

/// <summary>The names of the fields by which servers and Atlas hand a session to each other: that of the configuration, and those that
/// begin with it and <c>-</c>. Clients neither send nor see any of them. Immutable.</summary>
internal sealed class SessionFields
{
    private readonly byte[] _contents;

    /// <summary>The fields of a session.</summary>
    /// <param name="header">The name of the field with the contents, one that the parsers do not know.</param>
    internal SessionFields(string header)
    {
        _contents = Encoding.ASCII.GetBytes(header.ToLowerInvariant());
        Id = [.. _contents, .. "-id"u8];
        Version = [.. _contents, .. "-version"u8];
        Rotate = [.. _contents, .. "-rotate"u8];
    }

    /// <summary>The session's contents, in base64url.</summary>
    internal ReadOnlySpan<byte> Contents => _contents;

    /// <summary>To servers: the session's id.</summary>
    internal byte[] Id { get; }

    /// <summary>The version of the contents: to servers, that which they got; from servers, that which must still be there.</summary>
    internal byte[] Version { get; }

    /// <summary>From servers: the session gets another id.</summary>
    internal byte[] Rotate { get; }

    /// <summary>Whether a field is one of these. O(1).</summary>
    internal bool Has(in HeaderField field, ReadOnlySpan<byte> buffer)
    {
        if (field.Known != KnownHeader.None)
        {
            return false;
        }

        ReadOnlySpan<byte> name = field.Name.Of(buffer);
        return name.Length >= _contents.Length
            && Ascii.EqualsIgnoreCase(name[.._contents.Length], _contents)
            && (name.Length == _contents.Length || name[_contents.Length] == '-');
    }
}
