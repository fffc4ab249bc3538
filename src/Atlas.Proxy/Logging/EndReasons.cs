using System.Text;
using Atlas.Proxy.Errors;

namespace Atlas.Proxy.Logging;

/// <summary>How a request ended, in the words of logs: the reason flag and the end reason of each
/// <see cref="ProxyError"/>. Both are derived from it, so that a new error needs no entry here.</summary>
public static class EndReasons
{
    /// <summary>One more than the largest <see cref="ProxyError"/>: the length of a table over all of them.</summary>
    public static readonly int Count = Enum.GetValues<ProxyError>().Max(error => (int)error) + 1;

    private static readonly byte[][] Flags = Table(error => error.Flag());
    private static readonly byte[][] Words = Table(error => error == ProxyError.None ? "completed" : SnakeCase(error.ToString()));

    /// <summary>The two-letter flag; <c>-</c> for a request that was relayed to its end.</summary>
    public static ReadOnlySpan<byte> Flag(ProxyError error) => (int)error < Flags.Length ? Flags[(int)error] : "?"u8;

    /// <summary>The end reason: the error's name in lower case with underscores; <c>completed</c> without one.</summary>
    public static ReadOnlySpan<byte> Word(ProxyError error) => (int)error < Words.Length ? Words[(int)error] : "unknown"u8;

    private static byte[][] Table(Func<ProxyError, string> text)
    {
        byte[][] table = new byte[Count][];
        Array.Fill(table, []);
        foreach (ProxyError error in Enum.GetValues<ProxyError>())
        {
            table[(int)error] = Encoding.ASCII.GetBytes(text(error));
        }

        return table;
    }

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
