using System.Runtime.CompilerServices;

namespace Atlas.Protocols.Dns;

/// <summary>Where the ends of names stand in a message that is written, for pointers to them (RFC 1035 4.1.4). Remembers the
/// first 64; names after that point to those.</summary>
internal struct DnsSuffixes
{
    private const int Capacity = 64;

    // What 14 bits reach.
    private const int MaxOffset = 0x3FFF;

    private Offsets _offsets;
    private int _count;

    /// <summary>Where these labels stand already; 0: nowhere.</summary>
    internal readonly int Find(ReadOnlySpan<byte> message, ReadOnlySpan<byte> suffix)
    {
        Span<byte> wire = stackalloc byte[DnsLimits.NameBytes];
        for (int i = 0; i < _count; i++)
        {
            // Labels of the name that is being written have no end yet, and are not found.
            int offset = _offsets[i];
            if (DnsNameReader.TryRead(message, ref offset, wire, out int length) && DnsName.EqualWire(wire[..length], suffix))
            {
                return _offsets[i];
            }
        }

        return 0;
    }

    /// <summary>A label was written here.</summary>
    internal void Add(int offset)
    {
        if (_count < Capacity && offset <= MaxOffset)
        {
            _offsets[_count++] = (ushort)offset;
        }
    }

    /// <summary>What was written from here on is taken back.</summary>
    internal void ForgetFrom(int offset)
    {
        while (_count > 0 && _offsets[_count - 1] >= offset)
        {
            _count--;
        }
    }

    [InlineArray(Capacity)]
    private struct Offsets
    {
        private ushort _first;
    }
}
