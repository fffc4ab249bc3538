using Atlas.Protocols.Http;

namespace Atlas.Proxy.UserSessions;

/// <summary>The fields of all sessions of a configuration, which no client sends to a server and none sees, whichever pool its request goes
/// to: servers may belong to several. Immutable.</summary>
internal sealed class HiddenFields(IEnumerable<SessionFields> sessions)
{
    private readonly SessionFields[] _sessions = [.. sessions];

    /// <summary>None.</summary>
    internal static HiddenFields None { get; } = new([]);

    /// <summary>Whether a field is one of them. O(sessions).</summary>
    internal bool Has(in HeaderField field, ReadOnlySpan<byte> buffer)
    {
        foreach (SessionFields fields in _sessions)
        {
            if (fields.Has(field, buffer))
            {
                return true;
            }
        }

        return false;
    }
}
