using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Validation;

/// <summary>Which keys of a listener go with its protocol.</summary>
internal static class ListenerRules
{
    private static readonly string[] HttpKeys =
        ["routes", "trusted_proxies", "forwarded", "via", "encoded_slashes", "normalize", "strictness", "repairs", "hsts"];
    private static readonly string[] HttpLimits = ["request_line", "headers", "header_count", "body"];
    private static readonly string[] HttpTimeouts = ["headers", "body_min_rate", "body_idle", "send_min_rate", "max_age"];

    /// <summary>Adds an error for every rule that the listener breaks.</summary>
    public static void Check(ListenerConfig listener, KnownNames names, Findings findings)
    {
        switch (listener.Protocol)
        {
            case ListenerProtocol.Http:
                CheckHttp(listener, findings);
                break;
            case ListenerProtocol.Tcp:
                CheckTcp(listener, findings);
                break;
            case ListenerProtocol.Udp:
            default:
                CheckUdp(listener, findings);
                break;
        }

        findings.Refer(listener.Source.PositionOf("pool"), "pool", listener.Pool, names.Pools);
        foreach (var rule in listener.Alpn)
        {
            findings.Refer(rule.Position, "pool", rule.Pool, names.Pools);
        }

        if (listener.Sni is { } sni)
        {
            findings.Refer(sni.Source.PositionOf(Kinds.SniKind.Default), "pool", sni.DefaultPool, names.Pools);
            foreach (var rule in sni.Rules)
            {
                findings.Refer(rule.Position, "pool", rule.Pool, names.Pools);
            }
        }
    }

    private static void CheckHttp(ListenerConfig listener, Findings findings)
    {
        var source = listener.Source;
        if (!source.IsWritten("routes") && !source.IsWritten("pool"))
        {
            findings.Add(listener.Position, $"listener '{listener.Name}' has neither 'routes' nor 'pool': name the pool that serves its requests");
        }
        else if (source.IsWritten("routes") && source.IsWritten("pool"))
        {
            findings.Add(
                listener,
                "pool",
                $"listener '{listener.Name}' has both 'routes' and 'pool': put '- pool: {listener.Pool}' at the end of its routes");
        }

        if (listener.Strictness == Strictness.Strictest
            && listener.Repairs.Count > 0
            && !findings.IsRefused(source.PositionOf("strictness")))
        {
            findings.Forbid(
                listener,
                ["repairs"],
                "needs strictness defensive or monitor, since strictest repairs nothing: remove it, or write the strictness");
        }

        findings.Forbid(listener, ["sni"], "needs protocol tcp, which does not terminate TLS: with http use 'tls' and match hosts in 'routes'");
        findings.Forbid(listener, ["alpn"], "needs protocol tcp with 'sni', which does not terminate TLS: remove it");
        findings.Forbid(listener.Timeouts, ["hello"], "needs protocol tcp: with http the time is that of 'headers'");
        findings.Forbid(listener, ["udp"], "needs protocol udp, and this listener's is http: remove it");
    }

    private static void CheckTcp(ListenerConfig listener, Findings findings)
    {
        var source = listener.Source;
        if (!source.IsWritten("sni") && !source.IsWritten("pool"))
        {
            findings.Add(listener.Position, $"listener '{listener.Name}' has neither 'pool' nor 'sni': name the pool that its connections go to");
        }
        else if (source.IsWritten("sni") && source.IsWritten("pool"))
        {
            findings.Add(listener, "pool", $"listener '{listener.Name}' has both 'sni' and 'pool': write the pool as 'default' under 'sni'");
        }

        if (source.IsWritten("sni") && source.IsWritten("tls"))
        {
            findings.Add(listener, "sni", "'sni' passes TLS on without terminating it, and 'tls' terminates it: keep one of them");
        }

        if (!source.IsWritten("sni"))
        {
            findings.Forbid(listener, ["alpn"], "needs 'sni', which reads the ClientHello: write sni: { default: POOL } beside it, instead of 'pool'");
        }

        if (listener.AccessLog is { Format: AccessLogFormat.Combined } log)
        {
            findings.Add(log, "format", "format combined is for requests, and a TCP listener sees none: write format: json");
        }

        ForbidHttp(listener, "needs protocol http, and this listener's is tcp: remove it, or change the protocol", findings);
        findings.Forbid(listener, ["udp"], "needs protocol udp, and this listener's is tcp: remove it");
    }

    private static void CheckUdp(ListenerConfig listener, Findings findings)
    {
        if (!listener.Source.IsWritten("pool"))
        {
            findings.Add(listener.Position, $"listener '{listener.Name}' has no 'pool': name the pool that its datagrams go to");
        }

        ForbidHttp(listener, "needs protocol http, and this listener's is udp: remove it, or change the protocol", findings);
        findings.Forbid(listener, ["tls", "sni", "alpn", "accept_proxy_protocol", "backlog"], "does not go with protocol udp: remove it");
        findings.Forbid(listener.Timeouts, ["hello"], "needs protocol tcp: remove it");
        findings.Forbid(listener.Timeouts, ["handshake"], "needs 'tls', which does not go with protocol udp: remove it");
        findings.Forbid(listener.Timeouts, ["idle"], "of a UDP listener stands under 'udp': write udp: { idle: … }");
        if (listener.AccessLog is { Format: AccessLogFormat.Combined } log)
        {
            findings.Add(log, "format", "format combined is for requests, and a UDP listener sees none: write format: json");
        }

        foreach (var bind in listener.Bind.Where(bind => bind.UnixPath is not null))
        {
            findings.Add(bind.Position, $"'{bind}' is a Unix socket, and protocol udp needs an IP address and a port");
        }
    }

    private static void ForbidHttp(ListenerConfig listener, string reason, Findings findings)
    {
        findings.Forbid(listener, HttpKeys, reason);
        findings.Forbid(listener.Limits, HttpLimits, reason);
        findings.Forbid(listener.Timeouts, HttpTimeouts, reason);
    }
}
