using Atlas.Core.Balancing;
using Atlas.Core.Health;

namespace Atlas.Control.Health;

/// <summary>A server that may be ejected: the same two objects for the life of the server.</summary>
/// <param name="Server">What balancing knows of it.</param>
/// <param name="Outliers">What real requests say of it.</param>
public sealed record OutlierServer(BalancedServer Server, ServerOutliers Outliers);
