namespace Atlas.Cli.Tests.Programs;

/// <summary>How a program ended, and what it wrote.</summary>
public sealed record ToolResult(int ExitCode, string Output, string Errors);
