namespace Atlas.Core.Routing.Expressions;

/// <summary>A part of a regular expression.</summary>
internal abstract record PatternNode
{
    /// <summary>One character of a set.</summary>
    public sealed record One(CharacterSet Set) : PatternNode;

    /// <summary>The text's start, <c>^</c>.</summary>
    public sealed record Start : PatternNode;

    /// <summary>The text's end or the line feed at it, <c>$</c>.</summary>
    public sealed record End : PatternNode;

    /// <summary>Parts one after the other; none: nothing.</summary>
    public sealed record Sequence(List<PatternNode> Parts) : PatternNode;

    /// <summary>One of several parts.</summary>
    public sealed record Choice(List<PatternNode> Parts) : PatternNode;

    /// <summary>A part again and again.</summary>
    /// <param name="Part">The part.</param>
    /// <param name="Least">How often at least.</param>
    /// <param name="Most">How often at most, at least once; <see cref="int.MaxValue"/>: any number.</param>
    public sealed record Repeat(PatternNode Part, int Least, int Most) : PatternNode;
}
