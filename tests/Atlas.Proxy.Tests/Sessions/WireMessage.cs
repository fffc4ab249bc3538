using System.Globalization;

namespace Atlas.Proxy.Tests.Sessions;

/// <summary>A request or response as it was on the wire, its body without chunk framing.</summary>
public sealed record WireMessage(string StartLine, IReadOnlyList<(string Name, string Value)> Fields)
{
    public byte[] Body { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Trailers { get; init; } = [];

    /// <summary>Whether it came to its end by its own framing (or by the end of the stream, where that is its framing).</summary>
    public bool IsWhole { get; init; } = true;

    /// <summary>Whether its end is the end of the connection.</summary>
    public bool EndsByClose { get; init; }

    public int Status => int.Parse(StartLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    public string Method => StartLine.Split(' ')[0];

    public string Target => StartLine.Split(' ')[1];

    public string? Field(string name) =>
        Fields.FirstOrDefault(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
}
