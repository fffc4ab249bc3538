using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>What a listener repairs.</summary>
internal static class Repairs
{
    /// <summary>One kind of repair.</summary>
    public static ScalarKind<RepairKind> Kind { get; } = Choices.Of(
        ("length_and_chunked", RepairKind.LengthAndChunked),
        ("equal_lengths", RepairKind.EqualLengths),
        ("bare_lf", RepairKind.BareLf),
        ("equal_hosts", RepairKind.EqualHosts));
}
