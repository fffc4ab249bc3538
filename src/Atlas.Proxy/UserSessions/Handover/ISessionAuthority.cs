namespace Atlas.Proxy.UserSessions.Handover;

/// <summary>Where the sessions of a table are now that had them before: the process that takes this one's place.</summary>
internal interface ISessionAuthority
{
    /// <summary>Asks it. Any thread.</summary>
    /// <param name="call">What.</param>
    /// <param name="stop">Cancelled when nobody waits any more. What was sent already is done all the same.</param>
    /// <exception cref="IOException">It is gone, or does not have them.</exception>
    /// <exception cref="TimeoutException">More wait for it than may.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled before it was sent.</exception>
    ValueTask<SessionReply> AskAsync(SessionCall call, CancellationToken stop);
}
