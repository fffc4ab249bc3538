namespace Atlas.Control.Kernel;

/// <summary>What became of a program that was run.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Output">What it wrote to its standard output.</param>
/// <param name="Error">What it wrote to its standard error, or why it did not run.</param>
public sealed record ProgramResult(ProgramOutcome Outcome, string Output, string Error)
{
    /// <summary>Whether it ended well.</summary>
    public bool IsDone => Outcome == ProgramOutcome.Done;
}
