namespace Atlas.Core.Routing;

/// <summary>Why a route matches a request, or does not.</summary>
/// <param name="Failed">The first condition that does not hold; <see cref="RouteCondition.None"/> if the route matches.</param>
/// <param name="Name">The name of the header, cookie or parameter, as the configuration has it; empty with the others.</param>
public readonly record struct RouteVerdict(RouteCondition Failed, string Name)
{
    /// <summary>Whether all conditions hold.</summary>
    public bool IsMatch => Failed == RouteCondition.None;
}
