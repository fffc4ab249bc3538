using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>The pools that a listener sends to.</summary>
internal static class PoolNames
{
    /// <summary>Their names, mirrors included, each once.</summary>
    public static HashSet<string> Of(ListenerConfig listener) => listener.Routes
        .SelectMany(route => route.Split.Select(part => part.Pool).Append(route.Pool).Append(route.Mirror?.Pool))
        .Append(listener.Pool)
        .Append(listener.Sni?.DefaultPool)
        .Concat(listener.Sni?.Rules.Select(rule => rule.Pool) ?? [])
        .Concat(listener.Alpn.Select(rule => rule.Pool))
        .OfType<string>()
        .ToHashSet(StringComparer.Ordinal);
}
