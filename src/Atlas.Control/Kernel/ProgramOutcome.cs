namespace Atlas.Control.Kernel;

/// <summary>How a program that was run has ended.</summary>
public enum ProgramOutcome
{
    /// <summary>With exit code 0.</summary>
    Done,

    /// <summary>With another exit code.</summary>
    Failed,

    /// <summary>It did not end in time, or wrote too much, and was killed.</summary>
    Killed,

    /// <summary>There is no such program, or it cannot be started.</summary>
    Missing,
}
