using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Proxy.Stores;

/// <summary>A script that Redis runs, for one key. It is called by its hash, and sent whole where Redis does not know it yet
/// (redis.io/docs/latest/develop/programmability/eval-intro). Immutable, and shared by workers.</summary>
internal sealed class RedisScript
{
    /// <summary>How many parts of a command stand before the key.</summary>
    internal const int Parts = 3;

    /// <summary>Makes one.</summary>
    /// <param name="text">In Lua. It is of one key, and the rest are arguments.</param>
    [SuppressMessage("Security", "CA5350", Justification = "Redis names scripts by SHA-1; nothing is kept safe by it.")]
    internal RedisScript(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        string hash = Convert.ToHexStringLower(SHA1.HashData(bytes));
        ByHash = Encoding.UTF8.GetBytes($"$7\r\nEVALSHA\r\n$40\r\n{hash}\r\n$1\r\n1\r\n");
        Whole = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"$4\r\nEVAL\r\n${bytes.Length}\r\n{text}\r\n$1\r\n1\r\n"));
    }

    /// <summary>Those parts, in the form of the protocol, to call it by its hash.</summary>
    internal byte[] ByHash { get; }

    /// <summary>Those parts to send it whole.</summary>
    internal byte[] Whole { get; }
}
