namespace Atlas.Core.Health;

/// <summary>What follows from several wishes of the operator.</summary>
public static class AdminStates
{
    /// <summary>The stricter of two: what holds where, say, the configuration wants one and the admin API another.</summary>
    public static AdminState Stricter(AdminState one, AdminState other) => one > other ? one : other;
}
