namespace Atlas.Proxy.Metrics;

/// <summary>The labels of each <see cref="MirrorResult"/>.</summary>
internal static class MirrorResults
{
    internal const int Count = 4;

    private static readonly string[] Names = ["answered", "failed", "dropped", "unsuited"];

    internal static string NameOf(MirrorResult result) => Names[(int)result];
}
