namespace Atlas.Protocols.Dns;

/// <summary>A question (RFC 1035 4.1.2).</summary>
/// <param name="Name">Of which name.</param>
/// <param name="Type">What is asked for.</param>
/// <param name="Class">The class; 1: the Internet.</param>
public readonly record struct DnsQuestion(DnsName Name, DnsType Type, ushort Class = DnsQuestion.Internet)
{
    /// <summary>The class IN.</summary>
    public const ushort Internet = 1;
}
