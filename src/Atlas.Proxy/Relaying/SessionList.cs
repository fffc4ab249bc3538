namespace Atlas.Proxy.Relaying;

/// <summary>The sessions of one worker, linked through themselves: no memory per session.</summary>
internal sealed class SessionList<T>
    where T : class, ISessionLinks<T>
{
    private T? _first;

    internal int Count { get; private set; }

    internal void Add(T session)
    {
        session.Next = _first;
        if (_first is not null)
        {
            _first.Previous = session;
        }

        _first = session;
        Count++;
    }

    internal void Remove(T session)
    {
        if (session.Previous is null)
        {
            _first = session.Next;
        }
        else
        {
            session.Previous.Next = session.Next;
        }

        if (session.Next is not null)
        {
            session.Next.Previous = session.Previous;
        }

        session.Next = null;
        session.Previous = null;
        Count--;
    }

    /// <summary>The sessions at this moment: what is done with one may end it and others.</summary>
    internal T[] ToArray()
    {
        var sessions = new T[Count];
        int index = 0;
        for (T? session = _first; session is not null; session = session.Next)
        {
            sessions[index++] = session;
        }

        return sessions;
    }
}
