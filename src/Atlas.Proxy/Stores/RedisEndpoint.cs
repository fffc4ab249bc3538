using System.Globalization;
using System.Net;

namespace Atlas.Proxy.Stores;

/// <summary>Where a Redis server listens. Immutable.</summary>
/// <param name="Host">Its name, or IP address in text.</param>
/// <param name="Port">Its port.</param>
public sealed record RedisEndpoint(string Host, int Port)
{
    /// <summary>The port that Redis has if none is said.</summary>
    public const int DefaultPort = 6379;

    /// <summary>The address, if that is what the host is; null: it is a name.</summary>
    internal IPAddress? Ip { get; } = IPAddress.TryParse(Host, out IPAddress? ip) ? ip : null;

    /// <summary>As operators write it.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");
}
