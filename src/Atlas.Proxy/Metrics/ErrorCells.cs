using Atlas.Proxy.Errors;
using Atlas.Proxy.Logging;

namespace Atlas.Proxy.Metrics;

/// <summary>A cell for each <see cref="ProxyError"/>.</summary>
internal static class ErrorCells
{
    internal static readonly int Count = EndReasons.Count;

    /// <summary>The labels that the cells are published under.</summary>
    internal static readonly string[] Flags =
        [.. Enumerable.Range(0, Count).Select(i => Enum.IsDefined((ProxyError)i) ? ((ProxyError)i).Flag() : "?")];

    internal static int Of(ProxyError error) => (int)error < Count ? (int)error : 0;
}
