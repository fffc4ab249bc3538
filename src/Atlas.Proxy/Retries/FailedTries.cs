using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;
using Atlas.Proxy.Snapshots;

namespace Atlas.Proxy.Retries;

/// <summary>The tries of a request that another one followed, for the log. Bounded: what comes past <see cref="Max"/> is only
/// counted.</summary>
internal sealed class FailedTries
{
    /// <summary>Tries that are kept.</summary>
    internal const int Max = 20;

    private readonly Try[] _tries = new Try[Max];

    internal int Count { get; private set; }

    /// <summary>Notes a try.</summary>
    /// <param name="server">Where.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="status">The status that the server answered with, if that was the failure; else 0.</param>
    internal void Add(ServerState server, ProxyError error, int status)
    {
        if (Count < Max)
        {
            _tries[Count++] = new Try(server, error, status);
        }
    }

    internal void Clear()
    {
        if (Count > 0)
        {
            Array.Clear(_tries, 0, Count);
            Count = 0;
        }
    }

    /// <summary>Writes them, as many as fit: <c>a=CF b=503</c>.</summary>
    /// <returns>The bytes written.</returns>
    internal int Write(Span<byte> destination)
    {
        int length = 0;
        foreach (Try one in _tries.AsSpan(0, Count))
        {
            int left = destination.Length - length;
            if (one.Server.NameBytes.Length + " =503".Length > left)
            {
                break;
            }

            var line = new LineCursor(destination[length..]);
            if (length > 0)
            {
                line.Byte((byte)' ');
            }

            line.Bytes(one.Server.NameBytes);
            line.Byte((byte)'=');
            if (one.Status > 0)
            {
                line.Number(one.Status);
            }
            else
            {
                line.Bytes(EndReasons.Flag(one.Error));
            }

            length += line.Length;
        }

        return length;
    }

    private readonly record struct Try(ServerState Server, ProxyError Error, int Status);
}
