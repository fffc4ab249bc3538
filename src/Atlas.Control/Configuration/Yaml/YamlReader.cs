using Atlas.Core.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Atlas.Control.Configuration.Yaml;

/// <summary>
/// Makes nodes of a document. Anchors and aliases are read; tags, merge keys, keys that are no scalars and more than one
/// document are refused.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>The most levels; configurations have about ten.</summary>
    public const int MaxDepth = 32;

    /// <summary>
    /// The most nodes once aliases are followed. Aliases of aliases double with each line, which is how a small file can grow
    /// past any memory.
    /// </summary>
    public const int MaxNodes = 100_000;

    private readonly Parser _parser;
    private readonly ConfigErrors _errors;
    private readonly SourcePosition _end;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private YamlReader(string text, ConfigErrors errors)
    {
        _parser = new Parser(new Scanner(new StringReader(text)));
        _errors = errors;
        _end = new SourcePosition(text.AsSpan().Count('\n') + 1, text.Length - text.LastIndexOf('\n'));
    }

    /// <summary>The document's node, or null with an error where it cannot be read to its end.</summary>
    public static YamlNode? Read(string text, ConfigErrors errors)
    {
        if (ControlCharacter.Find(text) is { } control)
        {
            errors.Add(control, "this control character may not stand in a configuration: remove it");
            return null;
        }

        try
        {
            return new YamlReader(text, errors).ReadStream();
        }
        catch (YamlException e)
        {
            var (position, message) = YamlSyntax.Explain(e, text);
            errors.Add(position, message);
        }
        catch (DocumentRefusedException e)
        {
            errors.Add(e.Position, e.Message);
        }

        return null;
    }

    // The parser ends a last line that has no line end with one of its own, and can name a place behind it.
    private SourcePosition PositionOf(in Mark mark) => mark.Line > _end.Line ? _end : new((int)mark.Line, (int)mark.Column);

    private DocumentRefusedException Refuse(in Mark mark, string message) => new(PositionOf(mark), message);

    private YamlNode ReadStream()
    {
        Next();
        if (Next() is not DocumentStart)
        {
            throw new DocumentRefusedException(new SourcePosition(1, 1), "the file says nothing: at least 'listeners' and 'pools' are needed");
        }

        var root = ReadNode(Next(), 1);
        Next();
        return Next() is DocumentStart second
            ? throw Refuse(second.Start, "a second document begins here, but a configuration is one document: remove the '---'")
            : root;
    }

    private YamlNode ReadNode(ParsingEvent first, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Refuse(first.Start, $"this is nested deeper than {MaxDepth} levels, which is the most");
        }

        if (first is AnchorAlias alias)
        {
            return Follow(alias, depth);
        }

        if (first is not NodeEvent opening)
        {
            throw Refuse(first.Start, "this is not YAML: a key or a value is missing before this place");
        }

        Count(first.Start, 1);
        if (!opening.Tag.IsEmpty)
        {
            _errors.Add(
                PositionOf(opening.Start),
                "tags are not used in configurations: put a text that begins with '!' into quotes, or remove the tag");
        }

        var node = opening switch
        {
            Scalar scalar => new YamlScalar(PositionOf(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadList(opening.Start, depth),
            _ => (YamlNode)ReadMap(opening.Start, depth),
        };
        if (!opening.Anchor.IsEmpty)
        {
            _anchors[opening.Anchor.Value] = node;
        }

        return node;
    }

    private YamlNode Follow(AnchorAlias alias, int depth)
    {
        string name = alias.Value.Value;
        if (!_anchors.TryGetValue(name, out var node))
        {
            throw Refuse(
                alias.Start,
                $"'*{name}' refers to an anchor '&{name}' that ends before it, and there is none; a text that begins with '*' needs quotes");
        }

        if (depth - 1 + node.Height > MaxDepth)
        {
            throw Refuse(alias.Start, $"what '*{name}' stands for is nested deeper here than {MaxDepth} levels, which is the most");
        }

        Count(alias.Start, node.Size);
        return node;
    }

    private YamlList ReadList(Mark start, int depth)
    {
        var items = new List<YamlNode>();
        for (var next = Next(); next is not SequenceEnd; next = Next())
        {
            items.Add(ReadNode(next, depth + 1));
        }

        return new YamlList(PositionOf(start), items);
    }

    private YamlMap ReadMap(Mark start, int depth)
    {
        var entries = new List<YamlEntry>();
        var seen = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        for (var next = Next(); next is not MappingEnd; next = Next())
        {
            var key = ReadNode(next, depth + 1);
            var value = ReadNode(Next(), depth + 1);
            var position = PositionOf(next.Start);
            if (key is not YamlScalar { Text: var text })
            {
                _errors.Add(position, $"a key must be a text, and this is {key.Description}");
            }
            else if (text == "<<")
            {
                _errors.Add(position, "'<<' does not merge maps in configurations: write the keys out, or share a whole value with an alias");
            }
            else if (seen.TryGetValue(text, out var before))
            {
                _errors.Add(position, $"{YamlScalar.Quote(text)} stands here twice, first in line {before.Line}: remove one of them");
            }
            else
            {
                seen.Add(text, position);
                entries.Add(new YamlEntry(text, position, value));
            }
        }

        return new YamlMap(PositionOf(start), entries);
    }

    private void Count(in Mark mark, int nodes)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
        {
            throw Refuse(mark, $"the configuration has more than {MaxNodes} values here, aliases followed, which is the most");
        }
    }

    private ParsingEvent Next()
    {
        do
        {
            if (!MoveNext())
            {
                throw new DocumentRefusedException(new SourcePosition(1, 1), "the file ends too early");
            }
        }
        while (_parser.Current is Comment);

        return _parser.Current!;
    }

    // Some malformed documents end in exceptions of the parser's own workings, which carry no place: tags that are no URIs, a
    // bracket that is never closed before a comment. They are errors of the document like any other.
    private bool MoveNext()
    {
        var before = _parser.Current?.End ?? new Mark(0, 1, 1);
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException or OverflowException)
        {
            throw Refuse(before, "this is not YAML: check indentation, brackets and quotes from here on");
        }
    }
}
