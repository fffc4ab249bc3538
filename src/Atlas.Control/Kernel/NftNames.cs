namespace Atlas.Control.Kernel;

/// <summary>
/// What chains and counters in Atlas' table are called, so that <c>nft list table</c> can be read: <c>for/LISTENER</c> chooses a
/// server, <c>to/LISTENER/SERVER</c> sends a flow there. Names of listeners and servers are letters, digits, dots, dashes and
/// underscores, or an address; a colon becomes a slash, and brackets are left out.
/// </summary>
internal static class NftNames
{
    /// <summary>The chain that chooses a listener's server.</summary>
    internal static string Listener(string listener) => "for/" + Word(listener);

    /// <summary>The chain that sends a flow to a server.</summary>
    internal static string Server(string listener, string server) => $"to/{Word(listener)}/{Word(server)}";

    /// <summary>The chain that refuses a listener's flows that no server takes.</summary>
    internal static string Refuse(string listener) => "refuse/" + Word(listener);

    /// <summary>The counter of refused flows.</summary>
    internal static string Refused(string listener) => "refused/" + Word(listener);

    /// <summary>The counter of flows that were sent to a server.</summary>
    internal static string Flows(string listener, string server) => $"flows/{Word(listener)}/{Word(server)}";

    /// <summary>The counter of what clients sent to a server.</summary>
    internal static string In(string listener, string server) => $"in/{Word(listener)}/{Word(server)}";

    /// <summary>The counter of what a server sent to clients.</summary>
    internal static string Out(string listener, string server) => $"out/{Word(listener)}/{Word(server)}";

    /// <summary>A text as part of an identifier of nft. Different texts stay different.</summary>
    internal static string Word(string text) => string.Concat(text.Select(character => character switch
    {
        >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '.' or '-' or '_' => character.ToString(),
        ':' => "/",
        '[' or ']' => "",
        _ => $"_{(int)character:x}_",
    }));
}
