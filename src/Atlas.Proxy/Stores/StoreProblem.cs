namespace Atlas.Proxy.Stores;

/// <summary>Why a store did not do what it was asked for, in the words of access logs.</summary>
internal static class StoreProblem
{
    /// <summary>The words; empty where it did, or nobody waits any more. Allocates where Redis answered with an error.</summary>
    /// <param name="status">How the call ended.</param>
    /// <param name="call">The call, not yet given back.</param>
    internal static string Of(RedisStatus status, RedisCall call) => status switch
    {
        RedisStatus.TimedOut => "the store did not answer within its timeout",
        RedisStatus.Unavailable => "the store cannot be reached",
        RedisStatus.Failed => $"the store refused: {call.ErrorText}",
        RedisStatus.Ok or RedisStatus.Cancelled or _ => "",
    };
}
