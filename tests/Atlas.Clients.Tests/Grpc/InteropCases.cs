namespace Atlas.Clients.Tests.Grpc;

/// <summary>The cases by which implementations of gRPC are tested against each other, and two of ours, in clear text and over TLS.</summary>
/// <param name="site">Atlas before the server.</param>
public sealed class InteropCases(Site site)
{
    private static readonly string[] Names =
    [
        "empty_unary", "large_unary", "client_streaming", "server_streaming", "ping_pong", "empty_stream", "custom_metadata",
        "status_code_and_message", "special_status_message", "unimplemented_method", "unimplemented_service",
        "cancel_after_begin", "cancel_after_first_response", "timeout_on_sleeping_server",
        "compressed_requests", "many_calls_at_once",
    ];

    private readonly NodeCases _clear = GrpcClient.Cases(site, tls: false, Names);
    private readonly NodeCases _secure = GrpcClient.Cases(site, tls: true, Names);

    public static TheoryData<string, bool> All { get; } = new MatrixTheoryData<string, bool>(Names, [false, true]);

    public Task<string> OutcomeAsync(string name, bool tls) => (tls ? _secure : _clear).OutcomeAsync(name);
}
