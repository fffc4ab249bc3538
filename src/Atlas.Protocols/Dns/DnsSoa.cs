namespace Atlas.Protocols.Dns;

/// <summary>What a zone is (RFC 1035 3.3.13).</summary>
/// <param name="PrimaryServer">Where the zone comes from.</param>
/// <param name="Mailbox">Who answers for it.</param>
/// <param name="Serial">Its version.</param>
/// <param name="RefreshSeconds">How often others look for a new one.</param>
/// <param name="RetrySeconds">How soon again when that failed.</param>
/// <param name="ExpireSeconds">How long they go on without.</param>
/// <param name="MinimumSeconds">How long it may be remembered that something is not there (RFC 2308 4).</param>
public readonly record struct DnsSoa(
    DnsName PrimaryServer,
    DnsName Mailbox,
    uint Serial,
    uint RefreshSeconds,
    uint RetrySeconds,
    uint ExpireSeconds,
    uint MinimumSeconds);
