namespace Atlas.Engine.Tests;

/// <summary>How a child process ended, and all it printed.</summary>
public sealed record ChildResult(int ExitCode, string Output);
