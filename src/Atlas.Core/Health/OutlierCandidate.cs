namespace Atlas.Core.Health;

/// <summary>A server as the outlier detector sees it.</summary>
/// <param name="Outliers">What real requests say of it.</param>
/// <param name="Admin">What the operator wants of it.</param>
/// <param name="Health">What active checks found.</param>
public readonly record struct OutlierCandidate(ServerOutliers Outliers, AdminState Admin, ServerHealth Health)
{
    /// <summary>All that decides whether it is used, at this moment.</summary>
    internal ServerStatus Status => new(Admin, Health, Outliers.IsEjected);
}
