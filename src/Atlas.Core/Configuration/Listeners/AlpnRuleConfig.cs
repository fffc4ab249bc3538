namespace Atlas.Core.Configuration;

/// <summary>Sends the clients that offer a protocol (ALPN, RFC 7301) to a pool.</summary>
/// <param name="Protocol">Its name, as <c>h2</c> or <c>acme-tls/1</c>.</param>
/// <param name="Pool">The pool's name.</param>
/// <param name="Position">Where it was written.</param>
public sealed record AlpnRuleConfig(string Protocol, string Pool, SourcePosition Position);
