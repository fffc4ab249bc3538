using System.Globalization;

namespace Atlas.Control.Health;

/// <summary>The statuses that gRPC calls end with ("Status codes and their use in gRPC").</summary>
internal static class GrpcStatus
{
    private static readonly string[] Names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE",
        "DATA_LOSS", "UNAUTHENTICATED",
    ];

    /// <summary>The status in a <c>grpc-status</c> field; -1: it is none.</summary>
    internal static int Parse(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status < Names.Length ? status : -1;

    /// <summary>The name of a status that was parsed.</summary>
    internal static string NameOf(int status) => Names[status];
}
