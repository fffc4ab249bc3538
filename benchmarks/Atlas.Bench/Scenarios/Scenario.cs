using Atlas.Bench.Measure;

namespace Atlas.Bench.Scenarios;

/// <summary>Something that the peers are compared in.</summary>
internal abstract class Scenario(string name, string description)
{
    internal string Name { get; } = name;

    internal string Description { get; } = description;

    /// <summary>Measures the peers that the session's options name, in rounds that go through all of them.</summary>
    internal abstract Task<Results> RunAsync(Session session);
}
