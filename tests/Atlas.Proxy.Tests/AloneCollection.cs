namespace Atlas.Proxy.Tests;

/// <summary>Tests that count what the whole process holds: nothing else runs meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "alone";
}
