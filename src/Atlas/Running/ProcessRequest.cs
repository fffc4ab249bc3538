namespace Atlas.Running;

/// <summary>What a running process is asked to do from outside.</summary>
internal enum ProcessRequest
{
    /// <summary>SIGTERM or SIGINT: drain and end.</summary>
    Stop,

    /// <summary>SIGHUP, or a changed file: apply the configuration anew.</summary>
    Reload,

    /// <summary>SIGUSR2, or an order at the admin API: have the program as it is on disk take this process's place.</summary>
    Upgrade,
}
