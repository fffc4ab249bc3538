using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Keys;

/// <summary>The value that is being read: what messages call it, and where they go.</summary>
/// <param name="What">The value's name with quotes, as in <c>'interval'</c>.</param>
/// <param name="Errors">Where errors go.</param>
/// <param name="Word">A word that is allowed besides, or null.</param>
internal readonly record struct Reading(string What, ConfigErrors Errors, string? Word = null)
{
    /// <summary>Says that a value is not what its key allows.</summary>
    /// <param name="node">The value.</param>
    /// <param name="allowed">What is allowed, so that it completes "must be …".</param>
    /// <param name="hint">What the writer may have meant, or null.</param>
    /// <param name="isSecret">Whether the value may be a secret, which no message repeats.</param>
    /// <returns>False, so that a reader can return it.</returns>
    public bool Refuse(YamlNode node, string allowed, string? hint = null, bool isSecret = false)
    {
        string value = node switch
        {
            YamlScalar { IsNull: true } => "has no value",
            YamlScalar when isSecret => "is a text",
            _ => $"is {node.Description}",
        };
        string either = Word is null ? "" : $"{Word}, or ";
        return Add(node.Position, $"{What} {value}, but must be {either}{allowed}{(hint is null ? "" : $" ({hint})")}");
    }

    /// <summary>Adds an error that is not about the value's form.</summary>
    /// <returns>False, so that a reader can return it.</returns>
    public bool Add(SourcePosition position, string message)
    {
        Errors.Add(position, message);
        return false;
    }

    /// <summary>The reading of a key's value.</summary>
    public Reading Of(string key) => new($"'{key}'", Errors);

    /// <summary>The reading of a list's element.</summary>
    public Reading OfElement() => new(What.StartsWith('\'') ? "an element of " + What : What, Errors);
}
