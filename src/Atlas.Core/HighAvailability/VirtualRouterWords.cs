namespace Atlas.Core.HighAvailability;

/// <summary>The words of logs, metrics and the admin API for what virtual routers are.</summary>
public static class VirtualRouterWords
{
    /// <summary>A state: <c>backup</c>.</summary>
    public static string Word(this VirtualRouterState state) => state switch
    {
        VirtualRouterState.Initialize => "initialize",
        VirtualRouterState.Backup => "backup",
        VirtualRouterState.Master => "master",
        VirtualRouterState.Fault => "fault",
        _ => throw new ArgumentOutOfRangeException(nameof(state)),
    };
}
