using System.Buffers.Binary;

namespace Atlas.Protocols.ProxyProtocol;

/// <summary>Writes the parts of version 2 one after the other. What does not fit is left out, and the header then has length
/// 0.</summary>
internal ref struct BinaryHeaderWriter(Span<byte> destination)
{
    private readonly Span<byte> _destination = destination[..Math.Min(destination.Length, ProxyHeaderWriter.MaxLength)];
    private int _written;
    private bool _isOverflowed;

    internal void Begin(byte versionAndCommand, byte familyAndTransport)
    {
        Append(BinaryHeaderReader.Signature);
        Append([versionAndCommand, familyAndTransport]);
        Append((ushort)0);
    }

    internal void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_destination[_written..]))
        {
            _written += bytes.Length;
        }
        else
        {
            _isOverflowed = true;
        }
    }

    internal void Append(ushort number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, number);
        Append(bytes);
    }

    internal void AppendPadded(scoped ReadOnlySpan<byte> bytes, int length)
    {
        if (bytes.Length > length || _destination.Length - _written < length)
        {
            _isOverflowed = true;
            return;
        }

        Span<byte> room = _destination.Slice(_written, length);
        bytes.CopyTo(room);
        room[bytes.Length..].Clear();
        _written += length;
    }

    /// <summary>Appends the TLVs and fills in length and checksum.</summary>
    /// <returns>The length of the header, or 0.</returns>
    internal int End(in ProxyOutgoingTlvs tlvs)
    {
        AppendTlv(ProxyTlvType.Alpn, tlvs.Alpn);
        AppendTlv(ProxyTlvType.Authority, tlvs.Authority);
        AppendTlv(ProxyTlvType.UniqueId, tlvs.UniqueId);
        _isOverflowed |= tlvs.UniqueId.Length > ProxyTlvs.MaxUniqueId;
        if (tlvs.HasSsl)
        {
            AppendSsl(tlvs);
        }

        int checksum = _written + 3;
        if (tlvs.HasChecksum)
        {
            AppendTlv(ProxyTlvType.Crc32C, [0, 0, 0, 0]);
        }

        if (_isOverflowed)
        {
            return 0;
        }

        Span<byte> header = _destination[.._written];
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], (ushort)(_written - BinaryHeaderReader.FixedLength));
        if (tlvs.HasChecksum)
        {
            BinaryPrimitives.WriteUInt32BigEndian(header[checksum..], Crc32C.OfHeader(header, checksum));
        }

        return _written;
    }

    private void AppendSsl(in ProxyOutgoingTlvs tlvs)
    {
        Append([ProxyTlvType.Ssl]);
        int lengthAt = _written;
        Append((ushort)0);
        Append([(byte)(tlvs.SslClientFlags | ProxySsl.OverTls)]);
        Span<byte> verify = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(verify, tlvs.SslVerify);
        Append(verify);
        AppendTlv(ProxyTlvType.SslVersion, tlvs.SslVersion);
        AppendTlv(ProxyTlvType.SslCommonName, tlvs.SslCommonName);
        AppendTlv(ProxyTlvType.SslCipher, tlvs.SslCipher);
        if (!_isOverflowed)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_destination[lengthAt..], (ushort)(_written - lengthAt - sizeof(ushort)));
        }
    }

    private void AppendTlv(byte type, scoped ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            Append([type]);
            Append((ushort)value.Length);
            Append(value);
        }
    }
}
