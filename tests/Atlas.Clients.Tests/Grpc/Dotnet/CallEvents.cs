namespace Atlas.Clients.Tests.Grpc.Dotnet;

/// <summary>What happened to the calls of a server, to be waited for.</summary>
public sealed class CallEvents
{
    /// <summary>Ends when a call was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the deadline of a call that waits for it.</summary>
    public TaskCompletionSource<DateTime> Deadline { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
