namespace Atlas.Cli.Tests.Programs;

/// <summary>What an application got of a session.</summary>
public sealed record SessionView(string Id, string Version, string Contents);
