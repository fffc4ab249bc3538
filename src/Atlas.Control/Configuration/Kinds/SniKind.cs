using System.Text.Json;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Yaml;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>A map from server names to pools; the name <c>default</c> stands for all others.</summary>
internal sealed class SniKind : ValueKind<SniConfig>
{
    /// <summary>The most server names.</summary>
    public const int MaxRules = 4096;

    /// <summary>The key for other names and for none.</summary>
    public const string Default = "default";

    private static readonly ScalarKind<string> Pool = Kind.NameOf("pool");

    /// <summary>The only one. Made after what it uses.</summary>
    public static readonly SniKind Instance = new();

    private readonly PairsKind<HostPattern, string, SniRuleConfig> _pairs = new(
        Patterns.Host,
        Pool,
        MaxRules,
        StringComparer.OrdinalIgnoreCase,
        (host, pool, position) => new SniRuleConfig(host, pool, position),
        rule => (rule.Host, rule.Pool));

    /// <inheritdoc/>
    public override string Allowed =>
        $"a map of at most {MaxRules} server names (example.com, \"*.example.com\" or default), each with the name of a pool";

    /// <inheritdoc/>
    public override int? MaxCount => MaxRules;

    /// <inheritdoc/>
    public override bool TryRead(YamlNode node, Reading reading, out SniConfig value)
    {
        value = new SniConfig();
        if (node is not YamlMap map)
        {
            return reading.Refuse(node, Allowed);
        }

        if (map.Entries.Count == 0)
        {
            return reading.Add(map.Position, $"{reading.What} has no server name, but must be {Allowed}");
        }

        var other = map.Entries.FirstOrDefault(entry => entry.Key == Default);
        string? defaultPool = other is not null && Pool.TryRead(other.Value, reading.Of(Default), out string name) ? name : null;
        _pairs.TryRead(new YamlMap(map.Position, [.. map.Entries.Where(entry => entry.Key != Default)]), reading, out var rules);
        value = new SniConfig
        {
            Rules = rules,
            DefaultPool = defaultPool,
            Source = new SectionSource(map.Position, map.Entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Position))),
        };
        return true;
    }

    /// <inheritdoc/>
    public override string Format(SniConfig value) => "as written";

    /// <inheritdoc/>
    public override void WriteSchema(Utf8JsonWriter writer) => _pairs.WriteSchema(writer);
}
