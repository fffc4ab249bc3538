using System.Text.Json;

namespace Atlas.Running.Upgrades;

/// <summary>What a process knows that no file says, for the one that takes its place.</summary>
internal sealed record HandedState
{
    /// <summary>Its version of Atlas.</summary>
    public required string Version { get; init; }

    /// <summary>Its id.</summary>
    public required int Pid { get; init; }

    /// <summary>What operators asked of servers.</summary>
    public IReadOnlyList<HandedOrder> Orders { get; init; } = [];

    /// <summary>As bytes.</summary>
    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, HandedJson.Default.HandedState);

    /// <summary>The state of bytes; null: they are of no process of this kind.</summary>
    internal static HandedState? Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, HandedJson.Default.HandedState);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
