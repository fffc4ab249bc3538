using System.Buffers.Binary;
using System.Numerics;

namespace Atlas.Protocols.Dns;

/// <summary>SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012): who does not know the key can
/// neither foresee a hash nor make one.</summary>
internal static class SipHash
{
    private const int WordBytes = sizeof(ulong);

    /// <summary>The hash of a message. O(message).</summary>
    /// <param name="key">16 bytes.</param>
    /// <param name="message">Of any length.</param>
    internal static ulong Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message)
    {
        ulong k0 = BinaryPrimitives.ReadUInt64LittleEndian(key);
        ulong k1 = BinaryPrimitives.ReadUInt64LittleEndian(key[WordBytes..]);

        // "somepseudorandomlygeneratedbytes", section 2.2.
        var state = new State(
            k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573);
        ReadOnlySpan<byte> rest = message;
        for (; rest.Length >= WordBytes; rest = rest[WordBytes..])
        {
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        // The last word has the message's length in its highest byte.
        ulong last = (ulong)message.Length << 56;
        for (int i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        state.Take(last);
        return state.Finish();
    }

    private struct State(ulong v0, ulong v1, ulong v2, ulong v3)
    {
        private ulong _v0 = v0;
        private ulong _v1 = v1;
        private ulong _v2 = v2;
        private ulong _v3 = v3;

        internal void Take(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        internal ulong Finish()
        {
            _v2 ^= 0xFF;
            for (int i = 0; i < 4; i++)
            {
                Round();
            }

            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        private void Round()
        {
            unchecked
            {
                _v0 += _v1;
                _v2 += _v3;
                _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
                _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
                _v0 = BitOperations.RotateLeft(_v0, 32);
                _v2 += _v1;
                _v0 += _v3;
                _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
                _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
                _v2 = BitOperations.RotateLeft(_v2, 32);
            }
        }
    }
}
