using Atlas.Protocols.ProxyProtocol;
using Atlas.Proxy.Connections;

namespace Atlas.Proxy.Metrics;

/// <summary>A cell for each way in which a connection fails to bring its PROXY protocol header.</summary>
internal static class IntakeCells
{
    /// <summary>The labels that the cells are published under.</summary>
    internal static readonly string[] Names =
    [
        "timeout",
        "cut",
        "overload",
        "not_proxy_header",
        "too_long",
        "invalid_line_end",
        "unknown_protocol",
        "invalid_field_count",
        "invalid_address",
        "invalid_port",
        "unknown_version",
        "unknown_command",
        "unknown_family",
        "too_short",
        "truncated_tlv",
        "invalid_tlv_length",
        "duplicate_tlv",
        "wrong_checksum",
    ];

    private const int FirstError = 3;

    /// <summary>The cell of an end; -1 for one that is nobody's fault.</summary>
    internal static int Of(ProxyIntakeStatus status, ProxyHeaderError error) => status switch
    {
        ProxyIntakeStatus.TimedOut => 0,
        ProxyIntakeStatus.Cut => 1,
        ProxyIntakeStatus.Overload => 2,
        ProxyIntakeStatus.Refused => FirstError + (int)error - (int)ProxyHeaderError.NotProxyHeader,
        ProxyIntakeStatus.Done or ProxyIntakeStatus.Silent or ProxyIntakeStatus.Cancelled => -1,
        _ => -1,
    };
}
