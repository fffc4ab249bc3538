using System.Text;
using Atlas.Protocols.Http;

namespace Atlas.Proxy.Logging;

/// <summary>What was wrong with a message, as logs say it.</summary>
internal static class Details
{
    private static readonly byte[][] Texts = [.. Enum.GetValues<HttpError>().Select(error => Encoding.ASCII.GetBytes(TextOf(error)))];

    /// <summary>The sentence of an error; empty for none. O(1).</summary>
    internal static ReadOnlySpan<byte> Of(HttpError error) => (int)error < Texts.Length ? Texts[(int)error] : default;

    private static string TextOf(HttpError error) => error == HttpError.None ? "" : error.Text();
}
