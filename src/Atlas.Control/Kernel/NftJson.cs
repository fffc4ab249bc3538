using System.Text.Json;

namespace Atlas.Control.Kernel;

/// <summary>What <c>nft -j</c> writes (libnftables-json(5)).</summary>
internal static class NftJson
{
    /// <summary>The counters of a listing, by their names; null: it is no such listing.</summary>
    internal static Dictionary<string, NftCounter>? Counters(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var counters = new Dictionary<string, NftCounter>(StringComparer.Ordinal);
            foreach (JsonElement element in document.RootElement.GetProperty("nftables").EnumerateArray())
            {
                if (element.TryGetProperty("counter", out JsonElement counter))
                {
                    counters[counter.GetProperty("name").GetString() ?? ""] =
                        new NftCounter(counter.GetProperty("packets").GetInt64(), counter.GetProperty("bytes").GetInt64());
                }
            }

            return counters;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
