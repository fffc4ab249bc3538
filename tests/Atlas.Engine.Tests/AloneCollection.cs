namespace Atlas.Engine.Tests;

/// <summary>Tests that count what the whole process has: no other runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;
