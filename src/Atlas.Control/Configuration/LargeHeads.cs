using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration;

/// <summary>Listeners whose limits let in heads that are longer than any may be. They are allowed.</summary>
public static class LargeHeads
{
    /// <summary>Bytes of the longest head: that of the data plane's large buffers.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>A warning with its place for each, in the file's order.</summary>
    /// <param name="config">A configuration without errors.</param>
    public static IReadOnlyList<ConfigError> Find(AtlasConfig config)
    {
        var warnings = new ConfigErrors(config.FileName);
        foreach (ListenerConfig listener in config.Listeners)
        {
            var limits = listener.Limits;
            if (listener.Protocol == ListenerProtocol.Http && (long)limits.RequestLineBytes + limits.HeadersBytes > MaxBytes)
            {
                string key = limits.HeadersBytes >= limits.RequestLineBytes ? "headers" : "request_line";
                warnings.Add(
                    limits.Source.PositionOf(key),
                    $"'request_line' and 'headers' of listener '{listener.Name}' are more than 256KiB together, which is the most that a head may "
                        + "have: longer ones are refused all the same, so write less");
            }
        }

        return warnings.InOrder(ConfigLoader.MaxErrors);
    }
}
