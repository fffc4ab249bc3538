using Atlas.Core.Configuration;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using Atlas.Proxy.Forwarding;

namespace Atlas.Proxy.Answers;

/// <summary>Sends clients elsewhere (RFC 9110 15.4). Immutable.</summary>
/// <param name="config">Where to.</param>
public sealed class RedirectAnswer(RedirectConfig config) : RouteAnswer(config.Status)
{
    private readonly LocationTemplate _to = new(config.To);

    internal override ReadOnlySpan<byte> Body => default;

    internal override bool WriteFields(ref HeadWriter writer, in AnsweredRequest request, HeaderRules rules)
    {
        if (_to.NeedsHost && request.Host.IsEmpty)
        {
            return false;
        }

        if (!rules.Drop(KnownHeader.Location))
        {
            writer.BeginField("location"u8);
            _to.Write(ref writer, request);
            writer.EndField();
        }

        return true;
    }
}
