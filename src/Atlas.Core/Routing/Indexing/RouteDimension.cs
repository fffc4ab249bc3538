namespace Atlas.Core.Routing.Indexing;

/// <summary>What routes are told apart by.</summary>
/// <param name="Condition">The condition.</param>
/// <param name="Name">The name of the header, in lower case, cookie or parameter; else empty.</param>
/// <param name="IsContained">Whether keys stand anywhere in the request's path or value, in place of being all of it or its
/// beginning.</param>
internal readonly record struct RouteDimension(RouteCondition Condition, string Name, bool IsContained);
