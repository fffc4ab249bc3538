namespace Atlas.Core.Routing.Indexing;

/// <summary>
/// A set of routes: a few to compare one after the other, or more, divided by what one of their conditions asks for. Immutable.
/// </summary>
internal sealed class RouteNode
{
    /// <summary>The lowest index of the routes in the set and in <see cref="Rest"/>.</summary>
    public required int First { get; init; }

    /// <summary>By which condition it divides; <see cref="RouteCondition.None"/>: not at all.</summary>
    public RouteCondition By { get; init; }

    /// <summary>The name of the header, in lower case, cookie or parameter by which it divides.</summary>
    public byte[] Name { get; init; } = [];

    /// <summary>The routes of a node that does not divide, or divides by a header, cookie or parameter, in their order; without those in
    /// <see cref="Rest"/>.</summary>
    public int[] Routes { get; init; } = [];

    /// <summary>Finds the keys where they stand anywhere in what requests have there; then <see cref="Keys"/> is empty.</summary>
    public LiteralSearch? Literals { get; init; }

    /// <summary>What requests may have there, each with its child.</summary>
    public KeyTable Keys { get; init; } = KeyTable.Empty;

    /// <summary>The routes for each key, those with the first route first.</summary>
    public RouteNode[] Children { get; init; } = [];

    /// <summary>Lengths of the keys with which a header's, cookie's or parameter's value may begin.</summary>
    public int[] PrefixLengths { get; init; } = [];

    /// <summary>The sizes of the keys that are networks.</summary>
    public NetworkKeys? Networks { get; init; }

    /// <summary>The routes without that condition, or with one that is not in the keys; or null.</summary>
    public RouteNode? Rest { get; init; }

    /// <summary>The most routes of the set and of <see cref="Rest"/> that a request with one key is compared with.</summary>
    public int MostCompared =>
        (By == RouteCondition.None ? Routes.Length : Children.Max(child => child.MostCompared)) + (Rest?.MostCompared ?? 0);
}
