namespace Atlas.Proxy.Udp;

/// <summary>The last datagram that a server got which has not answered yet: if it turns out to refuse, another server gets it. Part of
/// its session.</summary>
internal struct KeptDatagram
{
    private byte[]? _bytes;
    private int _length;

    /// <summary>What is kept; empty: nothing.</summary>
    internal readonly ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Keeps a datagram in place of the one before, unless it is too long or too many are kept.</summary>
    internal void Keep(UdpWorker worker, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length is > UdpWorker.KeptLength or 0 || (_bytes ??= worker.TryRentKept()) is null)
        {
            Forget(worker);
            return;
        }

        datagram.CopyTo(_bytes);
        _length = datagram.Length;
    }

    /// <summary>Gives the memory back.</summary>
    internal void Forget(UdpWorker worker)
    {
        if (_bytes is not null)
        {
            worker.ReturnKept(_bytes);
            _bytes = null;
        }

        _length = 0;
    }
}
