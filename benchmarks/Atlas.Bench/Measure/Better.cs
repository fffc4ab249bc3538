namespace Atlas.Bench.Measure;

/// <summary>Which of two values of a figure is the better one.</summary>
internal enum Better
{
    Lower,
    Higher,

    /// <summary>It says how the others were measured and has no ratio.</summary>
    Neither,
}
