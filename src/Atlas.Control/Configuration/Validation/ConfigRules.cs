using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>Checks what needs more than one key: names that refer, keys that exclude each other, addresses that collide.</summary>
internal static class ConfigRules
{
    /// <summary>Adds an error for every rule that the configuration breaks.</summary>
    public static void Check(AtlasConfig config, ConfigErrors errors)
    {
        var findings = new Findings(errors);
        var names = new KnownNames(config);
        if (config.Source.IsWritten("listeners") && config.Listeners.Count == 0)
        {
            findings.Add(config, "listeners", "'listeners' is empty: at least one is needed, or nothing would be served");
        }

        foreach (var listener in config.Listeners)
        {
            ListenerRules.Check(listener, names, findings);
            TlsRules.Check(listener, findings);
            KernelRules.Check(listener, config, findings);
            StreamRules.Check(listener, config, findings);
            UdpRules.Check(listener, config, findings);
            RouteRules.Check(listener, names, findings);
        }

        foreach (var pool in config.Pools)
        {
            PoolRules.Check(pool, names, findings);
            ServerRules.Check(pool, findings);
        }

        StateRules.Check(config, names, findings);
        HighAvailabilityRules.Check(config.HighAvailability, names, findings);
        BindRules.Check(config, findings);
        LoopRules.Check(config, findings);
        if (config.Runtime.Shutdown is var shutdown && shutdown.CloseSpreadMs > shutdown.DeadlineMs)
        {
            findings.Add(
                shutdown,
                "close_spread",
                "'close_spread' is longer than 'deadline', at which connections that are still open are reset: write a shorter one");
        }

        if (config.Admin is { Bind: { IsLoopback: false } bind, Token: null } && !config.Admin.Source.IsWritten("token"))
        {
            findings.Add(
                bind.Position,
                $"'bind' is {bind}, which other machines can reach, so 'admin' needs 'token': write token: {{ file: PATH }}, or bind to "
                    + "127.0.0.1");
        }
    }
}
