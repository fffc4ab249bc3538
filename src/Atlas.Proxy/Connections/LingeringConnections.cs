using Atlas.Engine.Streams;
using Atlas.Proxy.Http;

namespace Atlas.Proxy.Connections;

/// <summary>The connections of one worker that are closed while bytes are kept for their clients, as TLS does. They have no session any
/// more and count as open, and a drain does not wait for them without end. Used on the worker's thread only.</summary>
internal sealed class LingeringConnections
{
    private readonly HashSet<(object Listener, ByteStream Stream)> _all = [];

    /// <summary>A connection has been closed.</summary>
    /// <param name="listener">Whose it is.</param>
    /// <param name="stream">Its stream.</param>
    /// <param name="isDraining">Whether the listener drains already.</param>
    /// <param name="ended">Called once nothing is kept any more, which may be at once.</param>
    internal void Add(object listener, ByteStream stream, bool isDraining, Action ended)
    {
        if (stream.IsLingering)
        {
            Keep(listener, stream, ended);
            if (isDraining)
            {
                stream.LimitLinger(LingeringClose.IdleMs);
            }
        }
        else
        {
            ended();
        }
    }

    /// <summary>Gives up what is kept for a listener's clients once they take nothing for so many milliseconds; 0: at once.</summary>
    internal void Limit(object listener, int idleMs)
    {
        foreach ((_, ByteStream stream) in _all.Where(one => one.Listener == listener).ToArray())
        {
            stream.LimitLinger(idleMs);
        }
    }

    // Apart, so that no other connection pays for the closure.
    private void Keep(object listener, ByteStream stream, Action ended)
    {
        _all.Add((listener, stream));
        stream.WhenGone(() =>
        {
            _all.Remove((listener, stream));
            ended();
        });
    }
}
