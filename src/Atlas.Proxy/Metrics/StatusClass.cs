namespace Atlas.Proxy.Metrics;

/// <summary>Statuses by their first digit.</summary>
public static class StatusClass
{
    /// <summary>How many classes there are.</summary>
    public const int Count = 6;

    private static readonly string[] Names = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

    /// <summary>The class of a status; 0 for one that is none.</summary>
    public static int Of(int status) => (uint)status is >= 100 and < 600 ? status / 100 : 0;

    /// <summary>The label of a class: <c>2xx</c>; <c>none</c> for no status.</summary>
    public static string Name(int statusClass) => Names[statusClass];
}
