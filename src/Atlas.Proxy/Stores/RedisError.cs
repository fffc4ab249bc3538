namespace Atlas.Proxy.Stores;

/// <summary>What an error that Redis answers with says. Before version 7 the error of a command that a script calls stands within one of
/// the script's, such as <c>ERR Error running script (call to f_…): @user_script:2: @user_script: 2: -OOM command not allowed …</c>.</summary>
internal static class RedisError
{
    private static ReadOnlySpan<byte> OfScript => "ERR Error running script "u8;

    private static ReadOnlySpan<byte> Place => "@user_script"u8;

    /// <summary>Whether it says something of the server, or of the user, and not of the call or of what is under its key.</summary>
    internal static bool IsRefusal(ReadOnlySpan<byte> error)
    {
        error = WithoutPlace(error);
        return IsOfWrites(error)
            || error.StartsWith("NOPERM "u8)
            || error.StartsWith("The user "u8)
            || error.StartsWith("ERR The user "u8)
            || error.StartsWith("ERR unknown command "u8);
    }

    /// <summary>Whether it says that the server takes no writes, for now.</summary>
    internal static bool IsOfWrites(ReadOnlySpan<byte> error)
    {
        error = WithoutPlace(error);
        return error.StartsWith("OOM "u8)
            || error.StartsWith("READONLY "u8)
            || error.StartsWith("MISCONF "u8)
            || error.StartsWith("NOREPLICAS "u8);
    }

    /// <summary>Whether the server that answers is not, or not now, the one for the call.</summary>
    internal static bool IsMisdirected(ReadOnlySpan<byte> error)
    {
        error = WithoutPlace(error);
        return error.StartsWith("MOVED "u8)
            || error.StartsWith("ASK "u8)
            || error.StartsWith("READONLY "u8)
            || error.StartsWith("CLUSTERDOWN"u8);
    }

    /// <summary>What stands behind the last place in a script; of others the error itself.</summary>
    internal static ReadOnlySpan<byte> WithoutPlace(ReadOnlySpan<byte> error)
    {
        int place = error.StartsWith(OfScript) ? error.LastIndexOf(Place) : -1;
        if (place < 0)
        {
            return error;
        }

        error = error[(place + Place.Length)..].TrimStart(": 0123456789"u8);
        return error.StartsWith("-"u8) ? error[1..] : error;
    }
}
