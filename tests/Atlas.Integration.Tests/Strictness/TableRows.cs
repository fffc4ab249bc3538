namespace Atlas.Integration.Tests.Strictness;

/// <summary>The rows of the accept/reject table by names that can be printed.</summary>
internal static class TableRows
{
    public static Dictionary<string, (int Status, string Request)> Heads { get; } =
        RefusedRequests.All().ToDictionary(row => Name(row.Row), row => (row.Status, row.Request), StringComparer.Ordinal);

    public static Dictionary<string, (int Status, string Request)> Bodies { get; } =
        RefusedBodies.All().ToDictionary(row => Name(row.Row), row => (row.Status, row.Request), StringComparer.Ordinal);

    private static string Name(string row) => string.Concat(row.Select(c => c is < ' ' or > '~' ? $"<{(int)c:X2}>" : c.ToString()));
}
