using Atlas.Engine.Interop;
using static Atlas.Engine.Interop.OpenSslConstants;

namespace Atlas.Engine.Tls;

/// <summary>Sessions with one server that later connections may resume: the newest tickets, those of TLS 1.3 for one use each
/// (RFC 8446 C.4). A session tells nothing of the server's certificate again, so that those of one context are used with it only, and
/// for the name that they were made for. Any thread; connections of several workers may share them.</summary>
public sealed class TlsClientSessions : IDisposable
{
    /// <summary>Sessions that are kept; the oldest makes room.</summary>
    public const int MaxSessions = 8;

    private readonly Lock _lock = new();
    private readonly TlsClientContext _context;
    private readonly List<(nint Session, string Name)> _sessions = [];
    private bool _isDisposed;

    /// <summary>Makes an empty store.</summary>
    /// <param name="context">What all connections to the server are made with.</param>
    public TlsClientSessions(TlsClientContext context) => _context = context;

    /// <summary>Frees what nobody disposed.</summary>
    ~TlsClientSessions() => Clear();

    /// <summary>Sessions that are kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Forgets all sessions; those that come later are not kept.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            Clear();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Keeps a session.</summary>
    /// <returns>False when it was not: the reference is still the caller's.</returns>
    internal bool TryAdd(nint session, string name)
    {
        lock (_lock)
        {
            if (_isDisposed || LibSsl.SSL_SESSION_is_resumable(session) == 0)
            {
                return false;
            }

            if (_sessions.Count == MaxSessions)
            {
                LibSsl.SSL_SESSION_free(_sessions[0].Session);
                _sessions.RemoveAt(0);
            }

            _sessions.Add((session, name));
            return true;
        }
    }

    /// <summary>Lends the newest session that fits; the caller frees its reference.</summary>
    /// <returns>0 for none.</returns>
    internal nint TryTake(TlsClientContext context, string name)
    {
        lock (_lock)
        {
            int at = ReferenceEquals(context, _context)
                ? _sessions.FindLastIndex(each => string.Equals(each.Name, name, StringComparison.Ordinal))
                : -1;
            if (at < 0)
            {
                return 0;
            }

            nint session = _sessions[at].Session;
            if (LibSsl.SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION)
            {
                _sessions.RemoveAt(at);
            }
            else
            {
                LibSsl.SSL_SESSION_up_ref(session);
            }

            return session;
        }
    }

    private void Clear()
    {
        _sessions.ForEach(each => LibSsl.SSL_SESSION_free(each.Session));
        _sessions.Clear();
    }
}
