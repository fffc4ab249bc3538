using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Answers;

/// <summary>What a route answers without a server. Immutable.</summary>
public abstract class RouteAnswer
{
    private protected RouteAnswer(int status) => Status = status;

    /// <summary>The status.</summary>
    public int Status { get; }

    /// <summary>The content, of which HEAD gets the length only.</summary>
    internal abstract ReadOnlySpan<byte> Body { get; }

    /// <summary>Writes the answer's own fields, which <paramref name="rules"/> may drop.</summary>
    /// <returns>False if this request cannot be answered so.</returns>
    internal abstract bool WriteFields(ref HeadWriter writer, in AnsweredRequest request, HeaderRules rules);

    /// <summary>Whether it says the date itself.</summary>
    internal virtual bool HasDate => false;
}
