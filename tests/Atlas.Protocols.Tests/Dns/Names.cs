using Atlas.Protocols.Dns;

namespace Atlas.Protocols.Tests.Dns;

/// <summary>Names by their text.</summary>
internal static class Names
{
    internal static DnsName Of(string text)
    {
        DnsName.TryParse(text, out DnsName name).ShouldBeTrue(text);
        return name;
    }
}
