using System.Text;
using Atlas.Engine.Handover;

namespace Atlas.Running.Upgrades;

/// <summary>
/// What an old and a new process say to each other. A message is a word, and what belongs to it on further lines.
/// <code>
///   old                                    new
///   hello 2, sockets NAME…, state…, end
///                                          taken NAME…, ready VERSION                 or  failed WHY
///   sessions SESSIONS…, memory, holds its sockets,
///   sessions of meanwhile…, go MASTERS…
///                                          serving GONE…                              or  failed WHY
///   lets go of its sockets, then: done
///                                          opens the ports that cannot be shared
/// </code>
/// SESSIONS are those of UDP, with their sockets: from then on both pass on what servers answer, and the old one ends them when it is done.
/// With memory comes a stream, over which users' sessions of stores of the type memory go, before go and as long as the old one lasts
/// (<see cref="Proxy.UserSessions.Handover.SessionSuccessor"/>).
/// MASTERS are the names of the virtual routers that the old one is master of, a line each: the other goes on with their addresses, but
/// for those that are GONE from its file, which the old one hands over to other nodes.
/// Until <c>serving</c> the old one goes on as if nothing was whenever the other fails, ends or is silent.
/// </summary>
internal static class HandoverWords
{
    /// <summary>The variable of the environment that has the number of the new process's end of the channel.</summary>
    internal const string Variable = "ATLAS_HANDOVER";

    internal const string Hello = "hello";
    internal const string Sockets = "sockets";
    internal const string State = "state";
    internal const string End = "end";
    internal const string Taken = "taken";
    internal const string Ready = "ready";
    internal const string Failed = "failed";
    internal const string Sessions = "sessions";
    internal const string Memory = "memory";
    internal const string Go = "go";
    internal const string Serving = "serving";
    internal const string Done = "done";

    /// <summary>What an old process speaks.</summary>
    internal const string Version = "2";

    /// <summary>What a new one understands; another one is refused. Version 1 has no sessions.</summary>
    internal static readonly string[] Versions = ["1", Version];

    // A few hundred messages fit before the other end reads, which a new process does only once it has started.
    private const int SendMs = 30_000;

    // Less than a message may have, with the word before it.
    internal const int PieceBytes = HandoverChannel.MaxBytes - 1_024;

    /// <summary>Sends a message.</summary>
    /// <returns>False: the other end is gone, or takes nothing.</returns>
    internal static bool Say(this HandoverChannel channel, string word, string rest = "", IReadOnlyList<int>? descriptors = null)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(rest.Length == 0 ? word : $"{word}\n{rest}");
        return channel.TrySend(
            bytes.AsSpan(0, Math.Min(bytes.Length, HandoverChannel.MaxBytes)), [.. descriptors ?? []], SendMs);
    }

    /// <summary>Sends a message with bytes.</summary>
    /// <returns>False: the other end is gone, or takes nothing.</returns>
    internal static bool Say(this HandoverChannel channel, string word, byte[] rest, IReadOnlyList<int> descriptors) =>
        channel.TrySend([.. Encoding.UTF8.GetBytes(word + "\n"), .. rest], [.. descriptors], SendMs);

    /// <summary>Sends what may be longer than a message: the same word as often as needed.</summary>
    internal static bool SayLong(this HandoverChannel channel, string word, byte[] rest)
    {
        byte[] head = Encoding.UTF8.GetBytes(word + "\n");
        return rest.Chunk(PieceBytes).All(piece => channel.TrySend([.. head, .. piece], [], SendMs));
    }

    /// <summary>The word of a message, and what belongs to it.</summary>
    internal static (string Word, byte[] Body) Read(HandoverMessage message)
    {
        int end = Array.IndexOf(message.Bytes, (byte)'\n');
        return end < 0
            ? (Encoding.UTF8.GetString(message.Bytes), [])
            : (Encoding.UTF8.GetString(message.Bytes, 0, end), message.Bytes[(end + 1)..]);
    }
}
