using Atlas.Protocols.Dns;

namespace Atlas.Control.Discovery;

/// <summary>What is looked up: equal ones are one lookup, for whatever pools.</summary>
/// <param name="Name">The name, in lower case; with a dot at its end it is looked up as it stands, without search domains.</param>
/// <param name="Type">The type of records.</param>
internal readonly record struct NameKey(string Name, DnsType Type)
{
    public override string ToString() => $"{Name} ({Type.ToString().ToUpperInvariant()})";
}
