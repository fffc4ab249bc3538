using System.Text.Json.Serialization;
using Atlas.Admin.Events;

namespace Atlas.Admin.Reports;

/// <summary>Something that happened. What is null does not apply, and is absent in JSON.</summary>
public sealed record EventReport
{
    /// <summary>What it is of: <c>server</c>, <c>pool</c>, <c>reload</c>, <c>kernel</c>, <c>certificate</c>, <c>store</c>,
    /// <c>upgrade</c>, <c>peer</c>, <c>virtual_router</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When. In JSON in UTC and milliseconds, such as <c>2026-01-02T03:04:05.678Z</c>.</summary>
    [JsonConverter(typeof(EventTime))]
    public required DateTimeOffset At { get; init; }

    /// <summary>The pool's name.</summary>
    public string? Pool { get; init; }

    /// <summary>The server's name.</summary>
    public string? Server { get; init; }

    /// <summary>The store's name.</summary>
    public string? Store { get; init; }

    /// <summary>The other node's name.</summary>
    public string? Peer { get; init; }

    /// <summary>The virtual router: <c>eth0/51</c>, its interface and id, as a status has it.</summary>
    public string? Router { get; init; }

    /// <summary>The priority that is left to the virtual router, where it changed.</summary>
    public int? Priority { get; init; }

    /// <summary>What happened, in a word: <c>drain</c>, <c>down</c>, <c>reloaded</c>.</summary>
    public required string Change { get; init; }

    /// <summary>The same in a sentence, as standard error has it.</summary>
    public required string Text { get; init; }
}
