namespace Atlas.Proxy.Upstream;

/// <summary>The unused connections of one <see cref="ServerConnections"/>, from the first given back to the last. They are linked
/// by themselves: nothing is allocated, and all is O(1). For one worker's thread.</summary>
internal sealed class IdleConnections
{
    /// <summary>How many there are.</summary>
    internal int Count { get; private set; }

    /// <summary>The one that was given back first; null: there is none.</summary>
    internal UpstreamConnection? Oldest { get; private set; }

    /// <summary>The one that was given back last; null: there is none.</summary>
    internal UpstreamConnection? Newest { get; private set; }

    /// <summary>Adds the newest, which is in no list.</summary>
    internal void Add(UpstreamConnection connection)
    {
        (connection.Older, connection.Newer) = (Newest, null);
        if (Newest is null)
        {
            Oldest = connection;
        }
        else
        {
            Newest.Newer = connection;
        }

        Newest = connection;
        Count++;
    }

    /// <summary>Takes one out.</summary>
    /// <returns>False: it is not there.</returns>
    internal bool Remove(UpstreamConnection connection)
    {
        if (connection != Oldest && connection.Older is null)
        {
            return false;
        }

        if (connection.Older is null)
        {
            Oldest = connection.Newer;
        }
        else
        {
            connection.Older.Newer = connection.Newer;
        }

        if (connection.Newer is null)
        {
            Newest = connection.Older;
        }
        else
        {
            connection.Newer.Older = connection.Older;
        }

        (connection.Older, connection.Newer) = (null, null);
        Count--;
        return true;
    }
}
