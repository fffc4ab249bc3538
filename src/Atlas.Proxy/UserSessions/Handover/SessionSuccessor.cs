using System.Collections.Concurrent;
using System.Text;
using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions.Handover;

/// <summary>
/// The sessions in memory on their way to the process that takes this one's place. <see cref="Give"/> sends all that there is while clients are
/// served; <see cref="Switch"/>, once nobody new comes, what has changed since, and from then on each call is the other's:
/// requests that end in this process, and those that begin in the other one, have the same sessions. One thread at a time calls; workers ask
/// at any time.
/// </summary>
/// <param name="stream">To the other process, where <see cref="SessionService"/> answers.</param>
public sealed class SessionSuccessor(Stream stream) : IDisposable
{
    // What was asked for before the sync is a socket's buffer full at most.
    private const int SyncMs = 5_000;

    // Those that wait for their turn have a copy of what they write. The other process does some ten thousand in a second.
    private const int MaxWaiting = 4_096;

    // While clients are served: until so few are left to be sent while nobody is, or it was tried so often.
    private const int FewChanges = 64;
    private const int MaxRounds = 8;

    private static readonly byte[] Sync = SessionFrames.Write("", new SessionCall { Kind = SessionCallKind.Sync });

    private readonly SemaphoreSlim _turn = new(1);
    private readonly List<Given> _given = [];
    private int _waiting;

    /// <summary>How many found no room in the other process.</summary>
    public long Refused { get; private set; }

    /// <summary>The names of the sessions that the other process does not have in memory: what they held is lost.</summary>
    public IReadOnlyList<string> Unknown { get; private set; } = [];

    /// <summary>Whether there is anything to hand over.</summary>
    public static bool IsNeeded(IEnumerable<SessionSnapshot> sessions) => sessions.Any(session => session.Store is MemorySessions);

    /// <summary>Sends all that there is.</summary>
    /// <param name="sessions">The sessions of this process.</param>
    /// <exception cref="IOException">The other process takes it not.</exception>
    public void Give(IEnumerable<SessionSnapshot> sessions) => Send(buffer =>
    {
        foreach (SessionSnapshot session in sessions)
        {
            if (session.Store is MemorySessions memory)
            {
                _given.Add(new Given(this, session.Name, memory));
                memory.Table.Changes = new ConcurrentQueue<SessionId>();
                foreach (SessionCall put in memory.Table.ReadAll(Environment.TickCount64))
                {
                    buffer.Write(SessionFrames.Write(session.Name, put));
                }
            }
        }

        for (int round = 0; round < MaxRounds && _given.Sum(given => given.Memory.Table.Changes!.Count) > FewChanges; round++)
        {
            SendChanges(buffer);
        }
    });

    /// <summary>Has all calls from here on be the other's, and returns once it knows all that was done here.</summary>
    /// <param name="settle">Waits until the workers have done what they are at; false: they have not.</param>
    /// <exception cref="IOException">The other process takes it not, or a worker does not come to an end.</exception>
    public void Switch(Func<bool> settle)
    {
        _turn.Wait();
        try
        {
            foreach (Given given in _given)
            {
                given.Memory.Authority = given;
            }

            // Who asked before that is done then, and who asks now waits for its turn.
            if (!settle())
            {
                throw new IOException("a worker does not come to an end");
            }

            Send(SendChanges);
            _given.ForEach(given => given.Memory.Table.Changes = null);
            stream.Write(Sync);
            byte[]? answer = SessionFrames.ReadAsync(stream).AsTask().WaitAsync(TimeSpan.FromMilliseconds(SyncMs)).GetAwaiter().GetResult();
            SessionReply synced = SessionFrames.ReadReply(answer ?? throw Gone());
            Refused = synced.LeftMs;
            Unknown = Encoding.UTF8.GetString(synced.Contents ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is TimeoutException or IOException or ObjectDisposedException)
        {
            // Whoever comes next would read what is the answer to this.
            stream.Dispose();
            throw e as IOException ?? new IOException("the new process does not take the sessions in memory in time", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Has all calls be this process's again, which has done all that the other one did.</summary>
    public void TakeBack()
    {
        foreach (Given given in _given)
        {
            given.Memory.Authority = null;
            given.Memory.Table.Changes = null;
        }
    }

    /// <summary>Closes the stream: who asks from then on goes by what this process has.</summary>
    public void Dispose() => stream.Dispose();

    private static EndOfStreamException Gone() => new("the other process is gone");

    private void Send(Action<Stream> write)
    {
        try
        {
            // Not disposed of, since the stream goes on.
            var buffer = new BufferedStream(stream, SessionFrames.BufferBytes);
            write(buffer);
            buffer.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw new IOException("the new process does not take the sessions in memory", e);
        }
    }

    private void SendChanges(Stream buffer)
    {
        foreach (Given given in _given)
        {
            ConcurrentQueue<SessionId> changes = given.Memory.Table.Changes!;
            var seen = new HashSet<SessionId>();
            for (int left = changes.Count; left > 0 && changes.TryDequeue(out SessionId id); left--)
            {
                if (seen.Add(id))
                {
                    buffer.Write(SessionFrames.Write(given.Name, given.Memory.Table.ReadOne(id, Environment.TickCount64)));
                }
            }
        }
    }

    private async ValueTask<SessionReply> AskAsync(Given given, SessionCall call, CancellationToken stop)
    {
        if (Interlocked.Increment(ref _waiting) > MaxWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            throw new TimeoutException("too many wait for the other process");
        }

        try
        {
            await _turn.WaitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            SessionReply reply = await ExchangeAsync(given.Name, call).ConfigureAwait(false);
            given.Memory.Follow(given, call, reply);
            return reply;
        }
        finally
        {
            _turn.Release();
        }
    }

    // Not to be given up half way: whoever comes next would read the answer to the one before.
    private async ValueTask<SessionReply> ExchangeAsync(string name, SessionCall call)
    {
        byte[]? answer;
        try
        {
            await stream.WriteAsync(SessionFrames.Write(name, call)).ConfigureAwait(false);
            if (call.Kind is SessionCallKind.Put or SessionCallKind.Remove)
            {
                // These have no answer of their own.
                await stream.WriteAsync(Sync).ConfigureAwait(false);
            }

            answer = await SessionFrames.ReadAsync(stream).ConfigureAwait(false) ?? throw Gone();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new IOException("the other process is gone", e);
        }

        return SessionFrames.ReadReply(answer);
    }

    /// <summary>The sessions of a name.</summary>
    private sealed class Given(SessionSuccessor successor, string name, MemorySessions memory) : ISessionAuthority
    {
        internal string Name => name;

        internal MemorySessions Memory => memory;

        public ValueTask<SessionReply> AskAsync(SessionCall call, CancellationToken stop) => successor.AskAsync(this, call, stop);
    }
}
