namespace Atlas.Running;

/// <summary>What a running process is asked to do from outside.</summary>
internal enum ProcessRequest
{
    /// <summary>SIGTERM or SIGINT: drain and end.</summary>
    Stop,

    /// <summary>SIGHUP, or a changed file: apply the configuration anew.</summary>
    Reload,
}
