using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;

namespace Atlas.Proxy.Forwarding;

/// <summary>What a route changes of a head's fields: those to remove and those to set go, wherever they come from, then those to
/// set and to add are written. Framing and the connection are not among them; the configuration refuses that. Immutable.</summary>
public sealed class HeaderRules
{
    private readonly (byte[] Name, byte[] Value)[] _written;

    // Names that go: a bit for each that is known, the others in full.
    private readonly UInt128 _known;
    private readonly byte[][] _others;

    /// <summary>Rules from a configuration.</summary>
    public HeaderRules(HeaderRulesConfig config)
    {
        _written = [.. config.Set.Concat(config.Add).Select(field => (Encoding.ASCII.GetBytes(field.Name), Encoding.ASCII.GetBytes(field.Value)))];
        var others = new List<byte[]>();
        foreach (string name in config.Remove.Concat(config.Set.Select(field => field.Name)))
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            KnownHeader known = HeaderNames.Recognize(bytes);
            if (known == KnownHeader.None)
            {
                others.Add(bytes);
            }
            else
            {
                _known |= UInt128.One << (int)known;
            }
        }

        _others = [.. others];
    }

    /// <summary>Rules that change nothing.</summary>
    public static HeaderRules None { get; } = new(new HeaderRulesConfig());

    /// <summary>Whether fields with a known name go.</summary>
    internal bool Drop(KnownHeader known) => (_known & (UInt128.One << (int)known)) != 0;

    /// <summary>Whether a field goes. O(names that are not known).</summary>
    internal bool Drop(in HeaderField field, ReadOnlySpan<byte> buffer)
    {
        if (field.Known != KnownHeader.None)
        {
            return Drop(field.Known);
        }

        foreach (byte[] name in _others)
        {
            if (Ascii.EqualsIgnoreCase(field.Name.Of(buffer), name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes the fields to set and to add.</summary>
    internal void Write(ref HeadWriter writer)
    {
        foreach ((byte[] name, byte[] value) in _written)
        {
            writer.Field(name, value);
        }
    }
}
