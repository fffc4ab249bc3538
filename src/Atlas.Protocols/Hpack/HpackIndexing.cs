namespace Atlas.Protocols.Hpack;

/// <summary>What an encoder does with a field that no table has (RFC 7541 6.2).</summary>
internal enum HpackIndexing : byte
{
    /// <summary>It goes into the dynamic table.</summary>
    Insert,

    /// <summary>It does not: its value seldom comes again.</summary>
    Skip,

    /// <summary>It does not, and whoever passes it on must not put it into a table either (RFC 7541 7.1.3).</summary>
    Never,
}
