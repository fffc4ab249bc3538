using System.Text;
using Atlas.Core.Sessions;

namespace Atlas.Proxy.UserSessions.Handover;

/// <summary>Answers the process whose place this one takes: see <see cref="SessionSuccessor"/>.</summary>
public static class SessionService
{
    /// <summary>Answers until the other process ends, or closes the stream.</summary>
    /// <param name="stream">From the other process. It is closed.</param>
    /// <param name="sessions">The sessions of this process at the moment.</param>
    public static async Task RunAsync(Stream stream, Func<IReadOnlyList<SessionSnapshot>> sessions)
    {
        var refused = new HashSet<(string, SessionId)>();
        var unknown = new HashSet<string>(StringComparer.Ordinal);
        var reader = new BufferedStream(stream, SessionFrames.BufferBytes);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                while (await SessionFrames.ReadAsync(reader).ConfigureAwait(false) is { } frame)
                {
                    (string name, SessionCall call) = SessionFrames.ReadCall(frame);
                    SessionReply? reply = call.Kind == SessionCallKind.Sync
                        ? new SessionReply(StoreResult.Done, Encoding.UTF8.GetBytes(string.Join('\n', unknown)), LeftMs: refused.Count)
                        : await AnswerAsync(name, call, sessions()).ConfigureAwait(false);
                    if (call.Kind is not (SessionCallKind.Put or SessionCallKind.Remove))
                    {
                        await stream.WriteAsync(SessionFrames.Write(reply)).ConfigureAwait(false);
                    }
                    else if (reply is null)
                    {
                        unknown.Add(name);
                    }
                    else if (reply?.Result == StoreResult.Full)
                    {
                        refused.Add((name, call.Id));
                    }
                    else
                    {
                        refused.Remove((name, call.Id));
                    }
                }
            }
            catch (Exception e) when (e is IOException or TimeoutException)
            {
                // It has ended in the middle of something, for which nobody waits any more, or asks for what this one would have to ask for in
                // turn, of another that does not answer.
            }
        }
    }

    private static async ValueTask<SessionReply?> AnswerAsync(string name, SessionCall call, IReadOnlyList<SessionSnapshot> sessions)
    {
        foreach (SessionSnapshot session in sessions)
        {
            if (session.Name == name && session.Store is MemorySessions memory)
            {
                return await memory.DoAsync(call).ConfigureAwait(false);
            }
        }

        return null;
    }
}
