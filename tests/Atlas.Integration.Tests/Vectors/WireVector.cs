using System.Text.Json;

namespace Atlas.Integration.Tests.Vectors;

/// <summary>One row of the wire data: bytes of a client, what is expected, and what other proxies did.</summary>
internal sealed record WireVector(string Id, byte[] Bytes, string Expect, IReadOnlyDictionary<string, string> Peers)
{
    /// <summary>Whether to let it through is a fault or a risk; the rest may or should be accepted.</summary>
    public bool ShouldBeRefused => Expect is "reject" or "no-desync";

    public static WireVector[] ReadFile(string path)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. document.RootElement.EnumerateArray().Select(row => new WireVector(
                row.GetProperty("id").GetString()!,
                Convert.FromHexString(row.GetProperty("hex").GetString()!),
                row.GetProperty("expect").GetString()!,
                row.GetProperty("peers").EnumerateObject().ToDictionary(
                    peer => peer.Name, peer => peer.Value.GetString()!, StringComparer.Ordinal))),
        ];
    }

    /// <summary>Whether that proxy let it through to the server.</summary>
    public bool WasForwardedBy(string peer) => Peers.TryGetValue(peer, out string? did)
        && (did.StartsWith("forward", StringComparison.Ordinal) || did.Contains("DIRTY", StringComparison.Ordinal));
}
