using System.Text;
using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Answers;

/// <summary>Answers every request with the same response. Immutable.</summary>
public sealed class FixedAnswer : RouteAnswer
{
    private readonly byte[] _body;
    private readonly (byte[] Name, KnownHeader Known, byte[] Value)[] _fields;

    /// <summary>An answer from a configuration.</summary>
    public FixedAnswer(RespondConfig config)
        : base(config.Status)
    {
        _body = Encoding.UTF8.GetBytes(config.Body);
        HeaderSetting[] fields = [.. config.Headers];
        if (_body.Length > 0 && !Array.Exists(fields, IsContentType))
        {
            fields = [new HeaderSetting("content-type", "text/plain; charset=utf-8"), .. fields];
        }

        _fields =
        [
            .. fields.Select(field => (
                Encoding.ASCII.GetBytes(field.Name),
                HeaderNames.Recognize(Encoding.ASCII.GetBytes(field.Name)),
                Encoding.ASCII.GetBytes(field.Value))),
        ];
        HasDate = Array.Exists(_fields, field => field.Known == KnownHeader.Date);
    }

    internal override ReadOnlySpan<byte> Body => _body;

    internal override bool HasDate { get; }

    internal override bool WriteFields(ref HeadWriter writer, in AnsweredRequest request, HeaderRules rules)
    {
        foreach ((byte[] name, KnownHeader known, byte[] value) in _fields)
        {
            if (!rules.Drop(new HeaderField(new Slice(0, name.Length), default, known), name))
            {
                writer.Field(name, value);
            }
        }

        return true;
    }

    private static bool IsContentType(HeaderSetting field) => field.Name.Equals("content-type", StringComparison.OrdinalIgnoreCase);
}
