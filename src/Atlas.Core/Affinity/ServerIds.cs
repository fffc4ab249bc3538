using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace Atlas.Core.Affinity;

/// <summary>
/// The ids by which cookies name the servers of a pool. An id is the first 16 bytes of HMAC-SHA-256 (RFC 2104) of pool and
/// server name under a secret, as 22 characters of base64url (RFC 4648 5). So it is id and signature at once: it tells neither
/// name nor address, nobody without the secret can make one, and all nodes and restarts with the same secret agree. Immutable.
/// </summary>
public sealed class ServerIds
{
    /// <summary>Characters of an id.</summary>
    public const int Length = 22;

    private const int Bytes = 16;

    private readonly byte[][] _ids;
    private readonly FrozenDictionary<UInt128, int> _indexes;

    /// <summary>Makes the ids. O(servers).</summary>
    /// <param name="secret">Any bytes; the same on all nodes that serve the same clients.</param>
    /// <param name="pool">The pool's name.</param>
    /// <param name="servers">The names of its servers, each once, in its order.</param>
    public ServerIds(ReadOnlySpan<byte> secret, string pool, IReadOnlyList<string> servers)
    {
        _ids = new byte[servers.Count][];
        var indexes = new Dictionary<UInt128, int>(servers.Count);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        for (int i = 0; i < servers.Count; i++)
        {
            // No name holds a NUL, so that no two pairs of names are the same text.
            HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes($"{pool}\0{servers[i]}"), hash);
            _ids[i] = Encoding.ASCII.GetBytes(Base64Url.EncodeToString(hash[..Bytes]));
            indexes.Add(ValueOf(hash), i);
        }

        _indexes = indexes.ToFrozenDictionary();
    }

    /// <summary>The id of a server.</summary>
    public ReadOnlySpan<byte> this[int index] => _ids[index];

    /// <summary>The server that an id names; -1 if it is not an id of this pool. O(1), without allocation.</summary>
    public int IndexOf(ReadOnlySpan<byte> id)
    {
        Span<byte> value = stackalloc byte[Bytes];
        return id.Length == Length
            && Base64Url.DecodeFromUtf8(id, value, out _, out int length) == OperationStatus.Done
            && length == Bytes
            && _indexes.TryGetValue(ValueOf(value), out int index)
            ? index
            : -1;
    }

    private static UInt128 ValueOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);
}
