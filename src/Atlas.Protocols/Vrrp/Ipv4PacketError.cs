namespace Atlas.Protocols.Vrrp;

/// <summary>Why an IPv4 packet was refused: one name per cause.</summary>
public enum Ipv4PacketError : byte
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>It is shorter than a header, or than the header says that it is.</summary>
    Truncated,

    /// <summary>A version other than 4.</summary>
    Version,

    /// <summary>A header shorter than 20 bytes.</summary>
    HeaderLength,

    /// <summary>A total length that is not the packet's.</summary>
    TotalLength,

    /// <summary>A fragment. Raw sockets get packets whole, so that a fragment is no packet of theirs.</summary>
    Fragment,
}
