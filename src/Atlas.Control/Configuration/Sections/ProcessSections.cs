using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Kinds;
using Atlas.Control.Discovery.Resolving;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Sections;

/// <summary>The keys of the process: admin, runtime, telemetry, secrets.</summary>
internal static class ProcessSections
{
    /// <summary>A secret.</summary>
    public static Section<SecretConfig> Secret { get; } = new Section<SecretConfig>(
        "secret", "admin.token, high_availability.secret, stores.NAME.password", "a secret",
        "Where a secret is read from. The configuration itself never has one.")
        .Key("file", Texts.FilePath,
            s => s.FilePath, (s, v) => s with { FilePath = v },
            "The file; spaces and line ends around its contents do not count.", required: true)
        .InsteadOfText("a secret is never written in the configuration: write { file: PATH }");

    /// <summary><c>admin</c>.</summary>
    public static Section<AdminConfig> Admin { get; } = new Section<AdminConfig>(
        "admin", "admin", "'admin'", "The admin API, the dashboard, `/metrics`, `/healthz` and `/readyz`.")
        .Key("bind", Kind.OrWord("none", BindKind.Instance),
            s => s.Bind, (s, v) => s with { Bind = v },
            "Where it listens; `none`: nowhere.")
        .Key("token", Kind.OptionalMap(Secret),
            s => s.Token, (s, v) => s with { Token = v },
            "What callers must show; must be there where `bind` is not loopback.");

    /// <summary><c>runtime.shutdown</c>.</summary>
    public static Section<ShutdownConfig> Shutdown { get; } = new Section<ShutdownConfig>(
        "shutdown", "runtime.shutdown", "a 'shutdown'",
        "How the process ends: not ready, then no new connections, then a last moment for those that are open.")
        .Key("ready_delay", Durations.Milliseconds(0, 3_600_000),
            s => s.ReadyDelayMs, (s, v) => s with { ReadyDelayMs = v },
            "How long it answers \"not ready\" while it still accepts.")
        .Key("deadline", Durations.Milliseconds(0, SectionLimits.LongestMs),
            s => s.DeadlineMs, (s, v) => s with { DeadlineMs = v },
            "How long open requests may take from then on.")
        .Key("tunnel_deadline", Durations.Milliseconds(0, SectionLimits.LongestMs),
            s => s.TunnelDeadlineMs, (s, v) => s with { TunnelDeadlineMs = v },
            "The same for tunnels: WebSocket and TCP.")
        .Key("close_websockets", Numbers.Bool,
            s => s.ClosesWebSockets, (s, v) => s with { ClosesWebSockets = v },
            "Whether clients of WebSocket connections are told to go (Close frame, code 1001) when the process ends; else they stay until "
                + "`tunnel_deadline`. A reload closes none.")
        .Key("close_spread", Durations.Milliseconds(0, SectionLimits.LongestMs),
            s => s.CloseSpreadMs, (s, v) => s with { CloseSpreadMs = v },
            "Over how long idle connections close, by chance, so that their clients do not come back all at once; no longer than "
                + "`deadline`.");

    /// <summary><c>runtime</c>.</summary>
    public static Section<RuntimeConfig> Runtime { get; } = new Section<RuntimeConfig>(
        "runtime", "runtime", "'runtime'", "The process itself.")
        .Key("workers", Kind.OrWord("auto", Numbers.Integer(1, 512)),
            s => s.Workers, (s, v) => s with { Workers = v },
            "Threads that move traffic; `auto`: one for each core.")
        .Key("resolvers", Kind.ListOf(Addresses.Resolver, 1, ResolverSettings.MaxServers),
            s => s.Resolvers, (s, v) => s with { Resolvers = v },
            "Who is asked for the addresses of servers that are names, one after the other, for names as they are written: without "
                + "search domains. The hosts file goes first.",
            otherwise: "who `/etc/resolv.conf` names")
        .Key("shutdown", Kind.Map(Shutdown), s => s.Shutdown, (s, v) => s with { Shutdown = v }, "How it ends.");

    /// <summary><c>telemetry.otlp</c>.</summary>
    public static Section<OtlpConfig> Otlp { get; } = new Section<OtlpConfig>(
        "otlp", "telemetry.otlp", "an 'otlp'", "An OpenTelemetry collector.")
        .Key("endpoint", Urls.Collector, s => s.Endpoint, (s, v) => s with { Endpoint = v }, "Its URL; empty: nothing is sent.")
        .Key("traces", Numbers.Share(),
            s => s.TracesShare, (s, v) => s with { TracesShare = v },
            "The share of requests that is traced.");

    /// <summary><c>telemetry</c>.</summary>
    public static Section<TelemetryConfig> Telemetry { get; } = new Section<TelemetryConfig>(
        "telemetry", "telemetry", "'telemetry'", "What is sent to collectors.")
        .Key("otlp", Kind.Map(Otlp), s => s.Otlp, (s, v) => s with { Otlp = v }, "By the OpenTelemetry protocol.");
}
